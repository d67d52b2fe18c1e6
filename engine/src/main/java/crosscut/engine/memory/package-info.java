/**
 * What a run will allocate, known before it does: a device that has sizes only, and the plan that is read off it by binding the model to it as to any other.
 * Knows parameters and passes, neither data nor the training loop.
 */
package crosscut.engine.memory;
