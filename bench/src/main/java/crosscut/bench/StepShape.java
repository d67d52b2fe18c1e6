package crosscut.bench;

import crosscut.engine.config.LossScaling;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.cost.CountedRows;
import crosscut.engine.cost.DistinctRows;
import crosscut.engine.cost.StepCosts;
import crosscut.engine.memory.MemoryPlan;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.CpuWorkingMemory;
import crosscut.kernels.device.DataType;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.List;

/**
 * What a step works on.
 *
 * @param size widths of the model
 * @param rows of each table
 * @param hotness ids per sample and table
 * @param batchSize samples
 * @param precision of the activations
 */
public record StepShape(ModelSize size, long rows, int hotness, int batchSize, Precision precision) {

    /** One id per sample and table, and as many rows as the size has. */
    public static StepShape of(ModelSize size, int batchSize, Precision precision) {
        return new StepShape(size, size.rows(), 1, batchSize, precision);
    }

    /** Tables and layers. */
    public ModelConfig model() {
        return size.model(rows, hotness);
    }

    /** Raw batches of 32-bit ids and fp32 numerical features. */
    public RawBatchLayout layout() {
        List<CategoricalColumn> columns = model().tables().stream()
                .map(table -> new CategoricalColumn(table.name(), table.cardinality(), DataType.INT32, table.hotness())).toList();
        return new RawBatchLayout(batchSize, ModelSize.NUMERICAL_FEATURES, DataType.FLOAT32, columns);
    }

    /** Adam with a constant learning rate, without a loss scale. */
    public TrainingConfig training() {
        OptimizerConfig adam = new OptimizerConfig(UpdateRule.Kind.ADAM, 1e-4, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 0, 1_000_000, 1);
        return new TrainingConfig(adam, precision, batchSize, batchSize, 1, -1, 1, 100, 1, false, 8000, false, LossScaling.NONE, PlacementConfig.DEFAULT);
    }

    /** Bytes that a training step allocates on the processor, those of its batches included. */
    public long trainingBytes() {
        return bytes(layout());
    }

    /** Bytes that a forward pass allocates on the processor, those of its batches included. */
    public long inferenceBytes() {
        return bytes(null);
    }

    /** What a training step launches, on the batch that {@link TrainingStep} trains on. */
    public StepCosts trainingCosts() {
        return StepCosts.of(model(), training(), layout(), distinctRows(), new CpuWorkingMemory(1));
    }

    /** What a forward pass launches, on the batch that {@link InferenceStep} scores. */
    public StepCosts inferenceCosts() {
        return StepCosts.ofForwardPass(model(), precision, layout(), distinctRows());
    }

    private DistinctRows distinctRows() {
        try (RawBatch batch = RawBatch.withoutDevice(layout())) {
            PowerLawBatch.fill(batch);
            return CountedRows.of(batch);
        }
    }

    private long bytes(RawBatchLayout trained) {
        MemoryPlan plan = MemoryPlan.of(new MemoryPlan.Work(model(), training(), trained, layout()), 0, 1, new CpuWorkingMemory(1));
        return plan.totalBytes();
    }
}
