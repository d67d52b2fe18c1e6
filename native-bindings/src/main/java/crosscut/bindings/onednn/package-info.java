/**
 * oneDNN, as much of it as a matrix product needs. What belongs here: the facade {@link crosscut.bindings.onednn.OneDnn}, what it hands out, and the C API
 * behind it. May call: {@code crosscut.bindings}.
 */
package crosscut.bindings.onednn;
