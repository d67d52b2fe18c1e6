/**
 * A CUDA driver without a GPU: {@link crosscut.simulator.driver.SimulatedCuda} gives the driver API's symbols as upcall stubs. What belongs here: handles,
 * contexts, streams, events, captures and their order in time, and how each call's arguments are checked; what a kernel computes is {@code execution}'s matter.
 * Work runs when it is enqueued, but the order that CUDA promises is kept beside it, so that accesses that only happen to come in the right order are reported.
 */
package crosscut.simulator.driver;
