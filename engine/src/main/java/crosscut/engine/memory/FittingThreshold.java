package crosscut.engine.memory;

import crosscut.kernels.device.ByteSize;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * A {@code --cpu_offloading_threshold_gb} with which a run fits a GPU that is too small for it otherwise.
 *
 * @param tenths of 10^9 bytes
 * @param plan what is allocated then, of the rank whose device needs most
 */
public record FittingThreshold(long tenths, MemoryPlan plan) {

    private static final long TENTH = 100_000_000;

    /** For what libraries and driver take besides. */
    private static final long RESERVE = 512L << 20;

    /**
     * Looks for the largest.
     *
     * @param planAt the plan of the rank whose device needs most, by threshold in bytes
     * @param free bytes of the GPU
     * @return empty when it does not fit even with all tables in host memory
     */
    public static Optional<FittingThreshold> find(LongFunction<MemoryPlan> planAt, long free) {
        MemoryPlan least = planAt.apply(0);
        if (!least.fits(free) || least.offloaded().isEmpty()) {
            return Optional.empty();
        }
        for (long tenths = Math.max(0, free - RESERVE - least.deviceBytes()) / TENTH; tenths > 0;) {
            MemoryPlan plan = planAt.apply(tenths * TENTH);
            if (plan.fits(free)) {
                return Optional.of(new FittingThreshold(tenths, plan));
            }
            // Tables in two kinds of memory are sorted and summed apart, which takes a little more.
            tenths = Math.max(0, tenths - Math.ceilDiv(plan.deviceBytes() - free, TENTH));
        }
        return Optional.of(new FittingThreshold(0, least));
    }

    /** The flag, its value, and what it means. */
    public String text() {
        return String.format(Locale.ROOT, "--cpu_offloading_threshold_gb %d.%d, which puts the largest tables into host memory (%s there and %s on the device)",
                tenths / 10, tenths % 10, ByteSize.text(plan.hostBytes()), ByteSize.text(plan.deviceBytes()));
    }
}
