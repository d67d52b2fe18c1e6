package crosscut.kernels.device;

import java.util.Locale;

/** Amounts of memory as people read them. */
public final class ByteSize {

    private ByteSize() {
    }

    /** "812 bytes", "3.2 KiB", "64.0 MiB", "1.5 GiB": the largest unit that leaves at least one before the point. */
    public static String text(long bytes) {
        if (bytes < 1L << 10) {
            return bytes + " bytes";
        }
        if (bytes < 1L << 20) {
            return text(bytes / 0x1p10, "KiB");
        }
        return bytes < 1L << 30 ? text(bytes / 0x1p20, "MiB") : text(bytes / 0x1p30, "GiB");
    }

    private static String text(double amount, String unit) {
        return String.format(Locale.ROOT, "%.1f %s", amount, unit);
    }
}
