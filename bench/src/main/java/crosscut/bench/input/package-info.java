/** Reading of batches alone, without a model. */
package crosscut.bench.input;
