/** What changes from step to step: the learning rate, and the block of step values that kernels read. */
package crosscut.engine.optimizer;
