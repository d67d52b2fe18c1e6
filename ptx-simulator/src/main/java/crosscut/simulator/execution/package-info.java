/**
 * Executes kernels. {@link crosscut.simulator.execution.Executable} turns instructions into steps once; a step works on the 32 lanes of a warp at a time; warps
 * run from one synchronisation to the next, blocks one after the other or on several threads.
 */
package crosscut.simulator.execution;
