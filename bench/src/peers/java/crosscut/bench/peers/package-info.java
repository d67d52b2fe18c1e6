/**
 * PyTorch's side of the race on the CPU: DCNv2 in libtorch, driven from Java, on the same weights and batches as Crosscut. Compiled with the profile
 * {@code cpu-peers} only.
 */
package crosscut.bench.peers;
