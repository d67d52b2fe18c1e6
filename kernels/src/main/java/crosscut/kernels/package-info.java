/**
 * Everything that runs on a device. {@link crosscut.kernels.device.Device} gives memory, streams and the op factories; each op family has a
 * package of its own: the interface with formula, shapes and source in its Javadoc, the {@code Cpu} and {@code Cuda} implementations beside it.
 *
 * <p>Rule of the module: an op is bound to its tensors once, checks every shape there, and from then on only runs. Nothing here knows what a
 * model or a data set is, and only {@code collective} knows of other ranks.
 */
package crosscut.kernels;
