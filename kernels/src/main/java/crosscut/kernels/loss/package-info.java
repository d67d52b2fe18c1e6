/** Binary cross entropy from logits, and its gradient. */
package crosscut.kernels.loss;
