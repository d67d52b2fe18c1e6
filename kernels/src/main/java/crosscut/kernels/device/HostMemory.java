package crosscut.kernels.device;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this machine, or of the container, whose limit the JVM knows. */
public final class HostMemory {

    /** Smaller requests are not worth asking the operating system: that would cost more than they do. */
    public static final long ASK_FROM = 64L << 20;

    private static final Path INFORMATION = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private HostMemory() {
    }

    /** Bytes in all. */
    public static long total() {
        return systemBean().getTotalMemorySize();
    }

    /** Bytes that can be had now without taking them from other programs. */
    public static long available() {
        try (var lines = Files.lines(INFORMATION)) {
            return Math.min(total(), lines.filter(line -> line.startsWith(AVAILABLE)).mapToLong(HostMemory::kibibytes).findFirst().orElse(Long.MAX_VALUE));
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
