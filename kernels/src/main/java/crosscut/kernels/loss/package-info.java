/** The last layer with its binary cross entropy, forward and back. */
package crosscut.kernels.loss;
