/**
 * Runs PTX on the CPU: parser, warp interpreter, memory with checks, and on top a CUDA driver and a cuBLASLt that real bindings can call. What belongs here:
 * what stands for the machine. Knows nothing of models or of Crosscut's kernels; may call native-bindings alone.
 */
package crosscut.simulator;
