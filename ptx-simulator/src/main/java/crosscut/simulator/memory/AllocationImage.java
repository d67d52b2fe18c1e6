package crosscut.simulator.memory;

/**
 * What an allocation held at some time, to be put back at the same address.
 *
 * @param address device address of its first byte
 * @param label what it was for
 * @param bytes its content
 * @param written which bytes had been written; null when that was not watched
 */
public record AllocationImage(long address, String label, byte[] bytes, WriteMap written) {
}
