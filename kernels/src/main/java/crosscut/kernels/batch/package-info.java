/** Raw columns as they lie on disk, and the op that decodes them into what the model reads. */
package crosscut.kernels.batch;
