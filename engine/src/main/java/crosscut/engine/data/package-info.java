/**
 * From bytes on disk to a filled {@link crosscut.kernels.batch.RawBatch}: the feature spec, the sources of samples, the prefetching reader.
 */
package crosscut.engine.data;
