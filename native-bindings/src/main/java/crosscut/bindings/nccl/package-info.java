/**
 * NCCL: {@link crosscut.bindings.nccl.Nccl} checks every call. What belongs here: its calls and statuses, and where the library lies. May call the generated
 * bindings; nothing else may.
 */
package crosscut.bindings.nccl;
