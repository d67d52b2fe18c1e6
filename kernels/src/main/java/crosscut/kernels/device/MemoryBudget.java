package crosscut.kernels.device;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Refuses host memory that the machine (or the container, whose limit the JVM knows) cannot hold. Without it the operating system would hand out addresses
 * and end the process later, without a word, when they are touched.
 */
final class MemoryBudget {

    /** Smaller requests are only held against the total: asking the operating system each time would cost more than they do. */
    private static final long ASK_FROM = 64L << 20;

    private static final Path MEMORY_INFORMATION = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private final long total;
    private final AtomicLong held = new AtomicLong();

    MemoryBudget() {
        this(systemBean().getTotalMemorySize());
    }

    MemoryBudget(long total) {
        this.total = total;
    }

    /** Counts {@code bytes} as held, or throws. */
    void reserve(String owner, long bytes) {
        long before = held.getAndAdd(bytes);
        long available = bytes < ASK_FROM ? Long.MAX_VALUE : available();
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

    private static long available() {
        try (var lines = Files.lines(MEMORY_INFORMATION)) {
            return lines.filter(line -> line.startsWith(AVAILABLE)).mapToLong(MemoryBudget::kibibytes).findFirst().orElse(Long.MAX_VALUE);
        } catch (IOException e) {
            // No such file outside Linux; free memory is less than what is available there, but all that is known.
            return systemBean().getFreeMemorySize();
        }
    }

    private static long kibibytes(String line) {
        return Long.parseLong(line.substring(AVAILABLE.length(), line.lastIndexOf(' ')).strip()) << 10;
    }

    private static OperatingSystemMXBean systemBean() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    }
}
