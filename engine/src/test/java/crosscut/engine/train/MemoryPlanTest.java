package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.SimulatedGpu;
import crosscut.engine.TestModels;
import crosscut.engine.UserException;
import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.config.DatasetConfig;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.ModelFlags;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.BatchRing;
import crosscut.engine.data.Dataset;
import crosscut.engine.data.Datasets;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.SampleSource;
import crosscut.engine.memory.MemoryPlan;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.World;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.device.CpuWorkingMemory;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.embedding.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans beside what the simulated GPU has really given away. */
class MemoryPlanTest {

    /** Tables of addresses, counters and sums of blocks: what a plan may leave out of a model with this many ops. */
    private static final long LEFT_OUT = 20 << 10;

    @TempDir
    private Path folder;

    private RunConfig config(Precision precision, int batch, int evaluated, long rows) throws IOException {
        Files.writeString(folder.resolve("feature_spec.yaml"), """
                channel_spec: {categorical: [color, shop], numerical: [price], label: [clicked]}
                feature_spec:
                  color: {cardinality: 9, dtype: int8, hotness: 1}
                  shop: {cardinality: %d, dtype: int32, hotness: 3}
                  price: {dtype: float16}
                  clicked: {dtype: int8}
                source_spec: null
                """.formatted(rows));
        TrainingConfig training = new TrainingConfig(
                TestModels.ADAM, precision, batch, evaluated, 1, 2, 1, 1, 5, false, 200, true, new LossScaling(1024, false), PlacementConfig.DEFAULT);
        DatasetConfig dataset = new DatasetConfig(
                folder, "feature_spec.yaml", DatasetConfig.Type.SYNTHETIC, DatasetConfig.SyntheticLabels.COIN, 8192, 8192, "test");
        ModelFlags model = new ModelFlags("32", List.of(256, 32), List.of(256, 128, 1), 2, 16, true, Pooling.SUM);
        return new RunConfig(RunConfig.Mode.TRAIN, dataset, model, training, new CheckpointConfig(null, 0, 1, null, false), Map.of());
    }

    private static MemoryPlan plan(RunConfig config, Device device) {
        return Run.memoryPlans(config, 1, device.workingMemory()).getFirst();
    }

    @ParameterizedTest
    @CsvSource({"FP32, 4096, 4096", "FP16, 4096, 1024", "BF16, 1024, 4096"})
    void holdsWhatATrainingAllocates(Precision precision, int batch, int evaluated) throws IOException {
        RunConfig config = config(precision, batch, evaluated, 20_000);
        TrainingConfig training = config.training();
        try (SimulatedGpu gpu = new SimulatedGpu(); Dataset dataset = Datasets.open(config.dataset(), training.seed())) {
            Device device = gpu.device();
            long before = device.freeMemory();
            SampleSource train = dataset.split(FeatureSpec.TRAIN);
            SampleSource test = dataset.split(FeatureSpec.TEST);
            try (ModelParameters parameters = ModelParameters.allocate(
                            device, config.model().resolve(dataset.spec()), precision, training.optimizer(), World.single(), training.placement());
                    BatchRing ring = new BatchRing(device, train.layout(batch));
                    Trainer trainer = new Trainer(device, parameters, training, ring.layout(), 0);
                    Dcnv2 own = batch == evaluated ? null : parameters.inferencePass(device, evaluated);
                    Evaluator _ = new Evaluator(device, World.single(), own == null ? trainer.model() : own, test, training.aucThresholds())) {
                long taken = before - device.freeMemory();
                long planned = plan(config, device).deviceBytes();
                // Activations are separate allocations here, so the gaps that align them are missing.
                assertThat(taken).isBetween(planned - (16 << 10), planned + LEFT_OUT);
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheNumbersBeforeAnythingIsAllocated() throws IOException {
        RunConfig config = config(Precision.FP32, 64, 64, 20_000_000);
        try (SimulatedGpu gpu = new SimulatedGpu()) {
            long before = gpu.device().freeMemory();
            assertThatThrownBy(() -> new Run(config, gpu.device(), _ -> { }, new StopRequest()).execute()).isInstanceOf(UserException.class)
                    .hasMessageContainingAll("this needs 7.2 GiB on the device (embedding tables 2.4 GiB", "embedding first moments 2.4 GiB",
                            "GPU 0 (Crosscut PTX simulator)", "has 4.0 GiB free", "--optimizer sgd", "crosscut plan");
            assertThat(gpu.device().freeMemory()).isEqualTo(before);
        }
    }

    @Test
    void aRunSaysItsWholePlanInOneLine() throws IOException {
        RunConfig config = config(Precision.FP32, 64, 64, 5000);
        List<ProgressEvent> events = new ArrayList<>();
        try (Device device = TestModels.device(1)) {
            new Run(config, device, events::add, new StopRequest()).execute();
            List<String> lines = ((ProgressEvent.RunStarted) events.getFirst()).description();
            assertThat(lines).filteredOn(line -> line.startsWith("memory")).containsExactly("memory: " + plan(config, device).summary());
        }
    }

    @Test
    void ranksShareTablesAndBatches() throws IOException {
        RunConfig config = config(Precision.FP32, 64, 64, 5000);
        MemoryPlan alone = Run.memoryPlans(config, 1, new CpuWorkingMemory()).getFirst();
        List<MemoryPlan> shared = Run.memoryPlans(config, 2, new CpuWorkingMemory());
        assertThat(shared).hasSize(2);
        for (String owner : List.of("embedding tables", "embedding second moments")) {
            assertThat(shared.stream().mapToLong(plan -> bytes(plan, owner)).sum()).isEqualTo(bytes(alone, owner)).isPositive();
        }
        assertThat(bytes(shared.getFirst(), "dense weights")).isEqualTo(bytes(alone, "dense weights")).isPositive();
        assertThat(bytes(shared.getFirst(), "embedding exchange")).isPositive();
        assertThat(shared).allSatisfy(plan -> assertThat(bytes(plan, "training activations")).isPositive().isLessThan(bytes(alone, "training activations")));
    }

    private static long bytes(MemoryPlan plan, String owner) {
        return plan.allocations().stream().filter(planned -> planned.owner().equals(owner)).mapToLong(PlannedMemory::byteSize).sum();
    }

    @Test
    void aTableForPeopleNamesEveryPartAndTheSum() throws IOException {
        MemoryPlan plan = Run.memoryPlans(config(Precision.BF16, 64, 64, 5000), 1, new CpuWorkingMemory()).getFirst();
        assertThat(plan.lines()).anyMatch(line -> line.endsWith("KiB  embedding first moments")).anyMatch(line -> line.endsWith("  sorted ids"))
                .anyMatch(line -> line.endsWith("on the device in all")).anyMatch(line -> line.contains("raw batch, on the host"));
    }
}
