package crosscut.launcher.progress;

import java.util.Locale;

/** Numbers as people read them, always with a decimal point. */
public final class Quantities {

    private static final double KILO = 1e3;
    private static final double MEGA = 1e6;
    private static final long LARGEST_PLAIN = 10_000;

    private Quantities() {
    }

    /** "812 samples/s", "12.3 k samples/s", "1.234 M samples/s". */
    static String rate(double samplesPerSecond) {
        if (samplesPerSecond >= MEGA) {
            return format("%.3f M samples/s", samplesPerSecond / MEGA);
        }
        return samplesPerSecond >= LARGEST_PLAIN ? format("%.1f k samples/s", samplesPerSecond / KILO) : format("%.0f samples/s", samplesPerSecond);
    }

    static String percent(double share) {
        return format("%.0f %%", 100 * share);
    }

    /** "950 ms", "12.3 s", "4 min 5 s". */
    static String duration(double seconds) {
        if (seconds < 1) {
            return format("%.0f ms", seconds * KILO);
        }
        return seconds < 60 ? format("%.1f s", seconds) : (long) seconds / 60 + " min " + (long) seconds % 60 + " s";
    }

    /** {@link String#format} with a decimal point. */
    public static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
