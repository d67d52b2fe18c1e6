/** Binary cross entropy from logits, and the counting of scores that the approximate AUC needs. */
package crosscut.kernels.loss;
