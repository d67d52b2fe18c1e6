package crosscut.kernels.device;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Refuses host memory that the machine (or the container, whose limit the JVM knows) cannot hold. Without it the operating system would hand out addresses
 * and end the process later, without a word, when they are touched.
 */
final class MemoryBudget {

    private final long total;
    private final AtomicLong held = new AtomicLong();

    MemoryBudget() {
        this(HostMemory.total());
    }

    MemoryBudget(long total) {
        this.total = total;
    }

    /** Counts {@code bytes} as held, or throws. */
    void reserve(String owner, long bytes) {
        long before = held.getAndAdd(bytes);
        long available = bytes < HostMemory.ASK_FROM ? Long.MAX_VALUE : HostMemory.available();
        if (bytes > total - before || bytes > available) {
            held.addAndGet(-bytes);
            throw refusal(owner, bytes, before, Math.min(available, total));
        }
    }

    /** Gives back what {@link #reserve} counted. */
    void release(long bytes) {
        held.addAndGet(-bytes);
    }

    /** The sentence for a request that does not fit. */
    OutOfDeviceMemoryException refusal(String owner, long bytes, long before, long available) {
        return new OutOfDeviceMemoryException(owner + " needs " + ByteSize.text(bytes) + ", but the CPU device already holds " + ByteSize.text(before)
                + " and this machine has " + ByteSize.text(total) + " of memory, " + ByteSize.text(available)
                + " of it available; use smaller tables, a smaller batch or a machine with more memory");
    }

    /** The sentence for a request that the operating system or the JVM turned down. */
    OutOfDeviceMemoryException refusal(String owner, long bytes, Throwable cause) {
        OutOfDeviceMemoryException refusal = new OutOfDeviceMemoryException(
                owner + " needs " + ByteSize.text(bytes) + ", which this process did not get: " + cause.getMessage());
        refusal.initCause(cause);
        return refusal;
    }
}
