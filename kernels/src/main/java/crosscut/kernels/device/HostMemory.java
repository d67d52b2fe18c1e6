package crosscut.kernels.device;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Memory of this machine, or of the container, whose limit the JVM knows. */
public final class HostMemory {

    /** Smaller requests are not worth asking the operating system: that would cost more than they do. */
    public static final long ASK_FROM = 64L << 20;

    private static final Path INFORMATION = Path.of("/proc/meminfo");
    private static final Path PROCESS = Path.of("/proc/self/status");

    private HostMemory() {
    }

    /** Bytes in all. */
    public static long total() {
        return systemBean().getTotalMemorySize();
    }

    /** Bytes that can be had now without taking them from other programs. */
    public static long available() {
        // Outside Linux free memory is less than what is available, but all that is known.
        return Math.min(total(), bytes(INFORMATION, "MemAvailable:").orElseGet(() -> systemBean().getFreeMemorySize()));
    }

    /** Most bytes that this process ever had resident, pages of the files that it maps included; empty outside Linux. */
    public static OptionalLong peakResident() {
        return bytes(PROCESS, "VmHWM:");
    }

    /** Bytes of files, libraries among them, that this process maps and that are resident now: the system takes such pages back when it needs them. */
    public static OptionalLong residentFiles() {
        return bytes(PROCESS, "RssFile:");
    }

    /** A line of the form {@code NAME: N kB}. */
    private static OptionalLong bytes(Path file, String name) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.substring(name.length(), line.lastIndexOf(' ')).strip()) << 10).findFirst();
        } catch (IOException notLinux) {
            return OptionalLong.empty();
        }
    }

    private static OperatingSystemMXBean systemBean() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    }
}
