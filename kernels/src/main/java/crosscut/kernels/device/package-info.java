/**
 * Devices, their memory and their streams. What belongs here: the interfaces every device implements, and the CPU device. May call: the op packages
 * (a device is the factory of its ops) and native-bindings.
 */
package crosscut.kernels.device;
