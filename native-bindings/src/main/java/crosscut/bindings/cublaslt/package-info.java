/**
 * cuBLASLt: {@link crosscut.bindings.cublaslt.CublasLt} checks every call. What belongs here: its calls, constants and statuses, and where the library lies. May
 * call the generated bindings; nothing else may.
 */
package crosscut.bindings.cublaslt;
