package crosscut.bench.run;

import static crosscut.bench.run.TimeColumns.columns;

import crosscut.bench.ModelSize;
import crosscut.bench.StepShape;
import crosscut.bench.TrainingStepBenchmark;
import crosscut.engine.config.Precision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How the time of a training step grows with one property while the others stay. */
final class GrowthSuite implements Suite {

    private static final int SAMPLES = 2048;

    private final Axis axis;
    private final String of;
    private final Map<Case, StepShape> shapes = new LinkedHashMap<>();

    /** What grows. */
    enum Axis {
        /** Samples per step. */
        BATCH("samples per step", 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536),
        /** Rows of each table. */
        ROWS("rows of each table", 1_000, 10_000, 100_000, 1_000_000, 10_000_000),
        /** Ids per sample and table. */
        HOTNESS("ids per sample and table", 1, 2, 5, 10, 20, 50, 100);

        private final String title;
        private final int[] values;

        Axis(String title, int... values) {
            this.title = title;
            this.values = values;
        }

        private StepShape shape(ModelSize size, Precision precision, int value) {
            return switch (this) {
                case BATCH -> new StepShape(size, size.rows(), 1, value, precision);
                case ROWS -> new StepShape(size, value, 1, SAMPLES, precision);
                case HOTNESS -> new StepShape(size, size.rows(), value, SAMPLES, precision);
            };
        }

        private int value(StepShape shape) {
            return switch (this) {
                case BATCH -> shape.batchSize();
                case ROWS -> Math.toIntExact(shape.rows());
                case HOTNESS -> shape.hotness();
            };
        }
    }

    private GrowthSuite(Axis axis, ModelSize size, Precision precision, Selection selection) {
        this.axis = axis;
        this.of = size.name().toLowerCase(Locale.ROOT) + "-" + precision.name().toLowerCase(Locale.ROOT);
        for (int value : axis.values) {
            StepShape shape = axis.shape(size, precision, value);
            shapes.put(Case.onCpu(TrainingStepBenchmark.class, "step", size, shape.batchSize(), precision, selection,
                    Map.of("rows", String.valueOf(shape.rows()), "hotness", String.valueOf(shape.hotness())), shape.trainingBytes()), shape);
        }
    }

    /** One for each axis, size and precision. */
    static List<Suite> all(Selection selection) {
        List<Suite> suites = new ArrayList<>();
        for (ModelSize size : selection.sizes()) {
            for (Precision precision : selection.precisions()) {
                for (Axis axis : Axis.values()) {
                    suites.add(new GrowthSuite(axis, size, precision, selection));
                }
            }
        }
        return suites;
    }

    @Override
    public List<Case> cases() {
        return List.copyOf(shapes.keySet());
    }

    @Override
    public Table table(Results results) {
        List<Map<String, Object>> rows = new ArrayList<>();
        shapes.forEach((measured, shape) -> results.of(measured).ifPresent(measurement -> {
            Map<String, Object> row = TimeColumns.of(columns(axis.title, axis.value(shape)), measurement, "us/sample", 1e6 / shape.batchSize());
            row.put("floor us/sample", results.ceilingsOf(measured).floorSeconds(shape.trainingCosts()) * 1e6 / shape.batchSize());
            row.put("samples/s", shape.batchSize() / measurement.undisturbed());
            rows.add(row);
        }));
        return new Table("growth-" + of + "-" + axis.name().toLowerCase(Locale.ROOT), "Growth with " + axis.title + ", " + of,
                "A training step of " + (axis == Axis.BATCH ? "more and more" : String.valueOf(SAMPLES)) + " samples; \"floor\" is the time of its launches "
                        + "when each runs at the ceiling that binds it. " + TimeColumns.NOTE, rows,
                new Plot(axis.title, List.of("us/sample", "median us/sample", "floor us/sample"), "us per sample"));
    }
}
