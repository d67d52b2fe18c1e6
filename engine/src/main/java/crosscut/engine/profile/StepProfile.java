package crosscut.engine.profile;

import crosscut.engine.cost.OperationCost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the time of a training step goes, op by op, against what the device does at best.
 *
 * @param rows in the order of their first launches
 * @param stepSeconds a whole step, the gaps between launches included; slower than a step that nobody measures
 * @param steps measured steps
 * @param samples samples per step of this rank
 * @param ceilings of the same device
 */
public record StepProfile(List<Row> rows, double stepSeconds, long steps, int samples, DeviceCeilings ceilings) {

    /**
     * One op.
     *
     * @param cost what it has to do
     * @param launches per step
     * @param seconds of one launch: the first decile, which other programs disturb least
     * @param allocatedBytes of Java heap per launch
     */
    public record Row(OperationCost cost, double launches, double seconds, long allocatedBytes) {

        double stepSeconds() {
            return launches * seconds;
        }

        /** One row for all that have one layer and name: what is launched once for every slice of a batch. */
        static List<Row> joined(List<Row> rows) {
            Map<List<String>, Row> joined = new LinkedHashMap<>();
            rows.forEach(row -> joined.merge(List.of(row.cost().layer(), row.cost().name()), row, Row::and));
            return List.copyOf(joined.values());
        }

        private Row and(Row other) {
            double all = launches + other.launches;
            return new Row(cost, all, (stepSeconds() + other.stepSeconds()) / all,
                    Math.round((launches * allocatedBytes + other.launches * other.allocatedBytes) / all));
        }
    }

    public StepProfile {
        rows = List.copyOf(rows);
    }

    /** A table for people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (steps == 0) {
            return List.of(text("profile: no step was measured, for the first %d only warm up: give more --max_steps or data", StepProfiler.WARMUP_STEPS));
        }
        lines.add(text("profile: %d steps; copy %.1f GB/s, product %.1f GFLOP/s on this device", steps, ceilings.copyBytes() * 1e-9,
                ceilings.productOperations() * 1e-9));
        lines.add(text("profile: %8s %10s %6s %10s %9s %13s %8s %8s  %-18s  op", "launches", "us", "step", "GFLOP", "MB", "speed", "reached", "heap", "layer"));
        rows.forEach(row -> lines.add(line(row)));
        lines.addAll(sums());
        return lines;
    }

    private String line(Row row) {
        OperationCost cost = row.cost();
        boolean byArithmetic = ceilings.isBoundByArithmetic(cost);
        return text("profile: %8.1f %10.1f %5.1f%% %10.3f %9.2f %8.1f %s %7.0f%% %8d  %-18s  %s", row.launches(), row.seconds() * 1e6,
                100 * row.stepSeconds() / stepSeconds, cost.operations() * 1e-9, cost.bytes() * 1e-6,
                (byArithmetic ? cost.operations() : cost.bytes()) / row.seconds() * 1e-9, byArithmetic ? "GF/s" : "GB/s",
                100 * ceilings.floorSeconds(cost) / row.seconds(), row.allocatedBytes(), cost.layer(), cost.name());
    }

    private List<String> sums() {
        double all = rows.stream().mapToDouble(Row::stepSeconds).sum();
        double products = rows.stream().filter(row -> row.cost().isProduct()).mapToDouble(Row::stepSeconds).sum();
        double operations = rows.stream().mapToDouble(row -> row.launches() * row.cost().operations()).sum();
        double bound = rows.stream().mapToDouble(row -> row.launches() * ceilings.floorSeconds(row.cost())).sum();
        return List.of(
                text("profile: step %.3f ms, %.0f samples/s; ops %.3f ms, of which products %.3f ms at %.0f GFLOP/s (%.0f%% of the square product)",
                        stepSeconds * 1e3, samples / stepSeconds, all * 1e3, products * 1e3, operations / products * 1e-9,
                        100 * operations / products / ceilings.productOperations()),
                text("profile: bound %.3f ms (each op at the ceiling that binds it): the ops reach %.0f%% of it, the step %.0f%%", bound * 1e3,
                        100 * bound / all, 100 * bound / stepSeconds));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
