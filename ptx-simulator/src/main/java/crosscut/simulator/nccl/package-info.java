/**
 * NCCL without GPUs: {@link crosscut.simulator.nccl.SimulatedNccl} behind the symbols of libnccl moves bytes between the memories of simulated drivers of one
 * process. What belongs here: what the library promises and which mistakes it does not forgive; no sums, which callers do themselves. May call: the simulated
 * driver.
 */
package crosscut.simulator.nccl;
