/** Adam and SGD over flat parameter memory, and the update rule they share with the row-wise update of embedding tables. */
package crosscut.kernels.optimizer;
