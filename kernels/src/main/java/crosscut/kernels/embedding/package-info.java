/**
 * Embedding tables: gather on the way forward; sort of ids, segment reduce and row-wise optimizer on the way back.
 */
package crosscut.kernels.embedding;
