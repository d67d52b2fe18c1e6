/** Training, evaluation and the inference benchmark: the step, the loop around it, and what is measured. */
package crosscut.engine.train;
