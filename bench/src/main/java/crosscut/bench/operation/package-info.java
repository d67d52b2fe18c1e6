/** Every op by itself: the launches of a training step, bound by the engine and filled with what a step computes, and the ops that other work needs. */
package crosscut.bench.operation;
