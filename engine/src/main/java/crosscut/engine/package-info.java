/**
 * The engine: configuration, data, model, optimizer, training, checkpoints. It reads like the paper and touches native code only through
 * {@code crosscut.kernels}; what it has to tell people it emits as progress events, which the launcher renders.
 */
package crosscut.engine;
