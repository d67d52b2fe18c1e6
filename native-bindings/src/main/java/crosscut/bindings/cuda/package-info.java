/**
 * The CUDA driver: {@link crosscut.bindings.cuda.Cuda} checks every call. What belongs here: driver calls, their statuses, where libcuda lies. May call the
 * generated bindings; nothing else may.
 */
package crosscut.bindings.cuda;
