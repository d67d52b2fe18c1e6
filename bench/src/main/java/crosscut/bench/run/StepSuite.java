package crosscut.bench.run;

import static crosscut.bench.run.TimeColumns.columns;

import crosscut.bench.CpuBenchmark;
import crosscut.bench.InferenceStepBenchmark;
import crosscut.bench.ModelSize;
import crosscut.bench.StepShape;
import crosscut.bench.TrainingStepBenchmark;
import crosscut.engine.config.Precision;
import crosscut.engine.cost.StepCosts;
import crosscut.engine.profile.DeviceCeilings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whole training steps, or whole forward passes, against what their launches would take at the machine's best. */
final class StepSuite implements Suite {

    private final boolean isTraining;
    private final Map<Case, StepShape> shapes = new LinkedHashMap<>();

    private StepSuite(Selection selection, List<Integer> batchSizes, boolean isTraining) {
        this.isTraining = isTraining;
        Class<? extends CpuBenchmark> benchmark = isTraining ? TrainingStepBenchmark.class : InferenceStepBenchmark.class;
        for (ModelSize size : selection.sizes()) {
            for (Precision precision : selection.precisions()) {
                for (int batch : batchSizes) {
                    StepShape shape = StepShape.of(size, batch, precision);
                    shapes.put(Case.onCpu(benchmark, isTraining ? "step" : "score", size, batch, precision, selection, Map.of(),
                            isTraining ? shape.trainingBytes() : shape.inferenceBytes()), shape);
                }
            }
        }
    }

    static StepSuite training(Selection selection, List<Integer> batchSizes) {
        return new StepSuite(selection, batchSizes, true);
    }

    static StepSuite inference(Selection selection, List<Integer> batchSizes) {
        return new StepSuite(selection, batchSizes, false);
    }

    @Override
    public List<Case> cases() {
        return List.copyOf(shapes.keySet());
    }

    @Override
    public Table table(Results results) {
        List<Map<String, Object>> rows = new ArrayList<>();
        shapes.forEach((measured, shape) -> results.of(measured).ifPresent(measurement -> rows.add(row(shape, measurement, results.ceilingsOf(measured)))));
        String note = "Without reading data. \"GFLOP\" and \"MB\" of its launches as counted; \"floor\" is the time of the launches when each runs at the "
                + "ceiling that binds it, the copy or the square product of this run, and \"reached\" the floor's share of the time. " + TimeColumns.NOTE;
        return isTraining ? new Table("step", "Training step", note, rows) : new Table("inference", "Inference: from a raw batch to its logits", note, rows);
    }

    private Map<String, Object> row(StepShape shape, Measurement measurement, DeviceCeilings ceilings) {
        StepCosts costs = isTraining ? shape.trainingCosts() : shape.inferenceCosts();
        double floor = ceilings.floorSeconds(costs);
        Map<String, Object> row = TimeColumns.of(columns("size", shape.size().name(), "precision", shape.precision().name(), "batch", shape.batchSize()),
                measurement, "ms", 1e3);
        row.put("samples/s", shape.batchSize() / measurement.undisturbed());
        row.put("GFLOP", costs.operations() * 1e-9);
        row.put("MB", costs.bytes() * 1e-6);
        row.put("GFLOP/s", costs.operations() / measurement.undisturbed() * 1e-9);
        row.put("floor ms", floor * 1e3);
        row.put("reached %", 100 * floor / measurement.undisturbed());
        return row;
    }
}
