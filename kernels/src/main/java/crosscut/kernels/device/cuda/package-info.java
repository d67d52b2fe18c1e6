/**
 * The CUDA device: driver context, modules and kernels, memory, streams, events and captured graphs. What belongs here: everything about a GPU that is not an
 * op. Ops lie in their families' packages ({@code Cuda...} beside {@code Cpu...}) and use {@link crosscut.kernels.device.cuda.CudaContext} and
 * {@link crosscut.kernels.device.cuda.CudaKernel}. May call: {@code device}, the op packages (a device is the factory of its ops) and native-bindings. What
 * stands behind the bindings, a driver or the simulator, is not known here.
 */
package crosscut.kernels.device.cuda;
