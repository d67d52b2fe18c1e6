package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.onednn.OneDnn;
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
import crosscut.engine.memory.DescribedCollectives;
import crosscut.engine.memory.FittingThreshold;
import crosscut.engine.memory.MemoryPlan;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.World;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.CpuWorkingMemory;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkingMemory;
import crosscut.kernels.device.cuda.CudaOptions;
import crosscut.kernels.device.cuda.CudaWorkingMemory;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.gemm.OneDnnMatrixProducts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import jdk.incubator.vector.IntVector;
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
    @CsvSource({"FP32, 4096, 4096, 9000000", "FP16, 4096, 1024, 9000000", "BF16, 1024, 4096, 9000000", "FP32, 4096, 4096, 5000000", "FP32, 1024, 1024, 0"})
    void holdsWhatATrainingAllocates(Precision precision, int batch, int evaluated, long threshold) throws IOException {
        RunConfig config = offloading(config(precision, batch, evaluated, 20_000), threshold);
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
                    Evaluator _ = new Evaluator(
                            device, World.single(), parameters.input(), own == null ? trainer.model() : own, test, training.aucThresholds())) {
                long taken = before - device.freeMemory();
                long planned = plan(config, device).deviceBytes();
                // Activations are separate allocations here, so the gaps that align them are missing.
                assertThat(taken).isBetween(planned - (16 << 10), planned + LEFT_OUT);
            }
        }
    }

    /** A batch whose activations no cache keeps is cut into slices, which need less. */
    @ParameterizedTest
    @CsvSource({"1", "3"})
    void holdsTheActivationsOfSlicesOnTheProcessor(int threads) throws IOException {
        RunConfig config = config(Precision.FP32, 8192, 8192, 20_000);
        Map<String, Long> allocated = new HashMap<>();
        try (Dataset dataset = Datasets.open(config.dataset(), config.training().seed());
                Device device = TestModels.watching(TestModels.device(threads), (method, arguments) -> {
                    if (method.equals("allocate")) {
                        allocated.merge((String) arguments[0], (long) arguments[1], Long::sum);
                    }
                    return null;
                })) {
            RawBatchLayout layout = dataset.split(FeatureSpec.TRAIN).layout(8192);
            try (ModelParameters parameters = ModelParameters.allocate(device, config.model().resolve(dataset.spec()), Precision.FP32, TestModels.ADAM);
                    Trainer _ = new Trainer(device, parameters, config.training(), layout, 0)) {
                MemoryPlan plan = plan(config, device);
                for (String owner : List.of("training slices", "training batch", "dense gradients")) {
                    assertThat(plan.allocations().stream().filter(planned -> planned.owner().equals(owner)).mapToLong(PlannedMemory::byteSize).sum())
                            .as(owner).isEqualTo(allocated.get(owner)).isPositive();
                }
                assertThat(allocated).doesNotContainKey("training activations");
            }
        }
    }

    /** One thread launches whole products, every thread those of its slices. */
    @ParameterizedTest
    @CsvSource({"1024, 1, 1", "1024, 3, 1", "8192, 3, 3"})
    void holdsTheCopiesOfOperands(int batch, int threads, int launching) throws IOException {
        RunConfig config = withTopLayers(config(Precision.FP32, batch, 1024, 20_000), List.of(512, 128, 1));
        AtomicReference<OneDnnMatrixProducts> products = new AtomicReference<>();
        try (Dataset dataset = Datasets.open(config.dataset(), config.training().seed());
                Device device = CpuDevice.open(threads, pool -> {
                    products.set(new OneDnnMatrixProducts(pool, new OneDnn(OneDnn.find(new LibraryLoader()).require())));
                    return products.get();
                });
                ModelParameters parameters = ModelParameters.allocate(device, config.model().resolve(dataset.spec()), Precision.FP32, TestModels.ADAM);
                Trainer _ = new Trainer(device, parameters, config.training(), dataset.split(FeatureSpec.TRAIN).layout(batch), 0)) {
            long planned = bytes(plan(config, device), "copies of operands");
            // Only vectors of 256 bits and more make the copies; the plan is for any machine.
            boolean isMade = IntVector.SPECIES_PREFERRED.vectorBitSize() >= 256;
            assertThat(products.get().operandBytes()).isEqualTo(isMade ? planned / launching : 0);
            assertThat(planned).isPositive();
        }
    }

    private static RunConfig withTopLayers(RunConfig config, List<Integer> top) {
        ModelFlags model = config.model();
        ModelFlags changed = new ModelFlags(model.embeddingDimension(), model.bottomMlp(), top, model.crossLayers(), model.projection(), true, Pooling.SUM);
        return new RunConfig(config.mode(), config.dataset(), changed, config.training(), config.checkpoint(), config.flags());
    }

    private static RunConfig offloading(RunConfig config, long threshold) {
        return placed(config, config.training().placement().withOffloading(threshold));
    }

    private static RunConfig placed(RunConfig config, PlacementConfig placement) {
        return new RunConfig(config.mode(), config.dataset(), config.model(), config.training().withPlacement(placement), config.checkpoint(), config.flags());
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

    /** A GPU of 4 GiB gets the advice that makes it fit, where the machine has the memory for it. */
    @Test
    void aFittingThresholdIsNamedAndFits() throws IOException {
        RunConfig config = config(Precision.FP32, 64, 64, 20_000_000);
        WorkingMemory gpu = new CudaWorkingMemory(CudaOptions.ofGpu(0, null, _ -> { }));
        long free = 4L << 30;
        FittingThreshold fitting = Run.fittingThreshold(config, 1, gpu, free).orElseThrow();
        MemoryPlan offloaded = Run.memoryPlans(offloading(config, fitting.tenths() * 100_000_000), 1, gpu).getFirst();
        assertThat(offloaded.fits(free)).isTrue();
        assertThat(offloaded.offloaded()).containsExactly("shop");
        assertThat(offloaded.hostBytes()).isGreaterThan(20_000_000L * 32 * 4 * 3);
        MemoryPlan plan = Run.memoryPlans(config, 1, gpu).getFirst();
        String value = fitting.tenths() / 10 + "." + fitting.tenths() % 10;
        assertThatThrownBy(() -> plan.requireFits("a GPU", free, 1L << 40, () -> Optional.of(fitting))).isInstanceOf(UserException.class)
                .hasMessageContainingAll("a GPU has 4.0 GiB free: use --cpu_offloading_threshold_gb " + value + ", ", "7.2 GiB there", "smaller tables, a smaller batch");
        assertThatThrownBy(() -> plan.requireFits("a GPU", free, 6L << 30, () -> Optional.of(fitting))).isInstanceOf(UserException.class)
                .message().contains("a GPU has 4.0 GiB free: use smaller tables").doesNotContain("offloading");
        assertThatThrownBy(() -> offloaded.requireFits("a GPU", free, 6L << 30, Optional::empty)).isInstanceOf(UserException.class)
                .hasMessageContainingAll("7.2 GiB on the host (embedding tables 2.4 GiB", "this machine has 6.0 GiB of memory available: raise "
                        + "--cpu_offloading_threshold_gb");
    }

    @Test
    void whatTakesMoreThanTablesIsNotHelpedByMovingThem() throws IOException {
        RunConfig config = config(Precision.FP32, 4096, 4096, 20_000);
        WorkingMemory gpu = new CudaWorkingMemory(CudaOptions.ofGpu(0, null, _ -> { }));
        assertThat(Run.fittingThreshold(config, 1, gpu, 1 << 20)).isEmpty();
        // With nothing to spare everything has to go.
        assertThat(Run.fittingThreshold(config, 1, gpu, Run.memoryPlans(offloading(config, 0), 1, gpu).getFirst().deviceBytes()))
                .hasValueSatisfying(fitting -> assertThat(fitting.tenths()).isZero());
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
        MemoryPlan alone = Run.memoryPlans(config, 1, new CpuWorkingMemory(1)).getFirst();
        List<MemoryPlan> shared = Run.memoryPlans(config, 2, new CpuWorkingMemory(1));
        assertThat(shared).hasSize(2);
        for (String owner : List.of("embedding tables", "embedding second moments")) {
            assertThat(shared.stream().mapToLong(plan -> bytes(plan, owner)).sum()).isEqualTo(bytes(alone, owner)).isPositive();
        }
        assertThat(bytes(shared.getFirst(), "dense weights")).isEqualTo(bytes(alone, "dense weights")).isPositive();
        assertThat(bytes(shared.getFirst(), "embedding exchange")).isPositive();
        assertThat(shared).allSatisfy(plan -> assertThat(bytes(plan, "training activations")).isPositive().isLessThan(bytes(alone, "training activations")));
    }

    /** Both take in half of the dense gradients of the other. */
    @Test
    void aRankHasRoomForWhatItSums() throws IOException {
        RunConfig config = config(Precision.FP32, 64, 64, 5000);
        List<MemoryPlan> shared = Run.memoryPlans(config, 2, new CpuWorkingMemory(1));
        long gradients = bytes(shared.getFirst(), "dense gradients");
        long terms = shared.stream().mapToLong(plan -> bytes(plan, "other ranks' terms of a sum")).sum();
        // Small parts of the model are summed whole by both.
        assertThat(terms).isBetween(gradients, 2 * gradients).isPositive();
        assertThat(bytes(Run.memoryPlans(config, 1, new CpuWorkingMemory(1)).getFirst(), "other ranks' terms of a sum")).isZero();
    }

    @Test
    void termsOfAnySumAreTold() {
        List<PlannedMemory> told = new ArrayList<>();
        DescribedCollectives collectives = new DescribedCollectives(1, 3, new CpuWorkingMemory(1), told::add);
        try (Device device = TestModels.device(1); DeviceMemory memory = device.allocate("parts", 3 << 20)) {
            List<Tensor> parts = List.of(memory.tensor(0, DataType.FLOAT32, 1, 7), memory.tensor(0, DataType.FLOAT32, 1, 1 << 16),
                    memory.tensor(0, DataType.FLOAT32, 1, 7));
            collectives.reduceScatterSum(parts);
            collectives.allReduceSum(memory.tensor(0, DataType.FLOAT32, 1, 3 << 16));
        }
        assertThat(told).extracting(PlannedMemory::byteSize).containsExactly(2L * 4 << 16, 2L * 4 << 16);
    }

    @Test
    void theProcessCountsOnTheProcessorAlone() throws IOException {
        RunConfig config = config(Precision.FP32, 64, 64, 5000);
        MemoryPlan plan = Run.memoryPlans(config, 1, new CpuWorkingMemory(2)).getFirst();
        assertThat(plan.totalBytes()).isEqualTo(plan.deviceBytes() + plan.hostBytes() + plan.processBytes());
        assertThat(Run.memoryPlans(config, 1, new CpuWorkingMemory(4)).getFirst().processBytes()).isGreaterThan(plan.processBytes());
        plan.requireFits("a CPU", plan.totalBytes(), plan.totalBytes(), Optional::empty);
        assertThatThrownBy(() -> plan.requireFits("a CPU", plan.totalBytes(), plan.totalBytes() - 1, Optional::empty)).isInstanceOf(UserException.class)
                .hasMessageContaining("the process's own").hasMessageContaining("this machine has");
        assertThat(Run.memoryPlans(config, 1, new CudaWorkingMemory(CudaOptions.ofGpu(0, null, _ -> { }))).getFirst().process()).isEmpty();
    }

    /** A ring of three batches; ids that owners read themselves are not kept twice. */
    @Test
    void whoReadsTheIdsHasThemInItsRawBatches() throws IOException {
        RunConfig config = config(Precision.FP32, 64, 64, 5000);
        List<MemoryPlan> reading = Run.memoryPlans(config, 2, new CpuWorkingMemory(1));
        List<MemoryPlan> sending = Run.memoryPlans(sendingIds(config), 2, new CpuWorkingMemory(1));
        assertThat(reading).allSatisfy(plan -> assertThat(bytes(plan, "ids of owned tables")).isZero());
        assertThat(sending.stream().mapToLong(plan -> bytes(plan, "ids of owned tables")).sum()).isEqualTo(64 * (1 + 3) * Integer.BYTES);
        assertThat(reading.stream().mapToLong(plan -> bytes(plan, "raw batch")).sum()).isEqualTo(2 * 3 * (2 * 64 + 2 * 64 + 64 + 64 * 3 * 2));
        assertThat(sending).allSatisfy(plan -> assertThat(bytes(plan, "raw batch")).isEqualTo(2 * 3 * (64 + 64 + 64 + 32 * 3 * 2)));
    }

    private static RunConfig sendingIds(RunConfig config) {
        return placed(config, config.training().placement().withDataParallelInput(true));
    }

    private static long bytes(MemoryPlan plan, String owner) {
        return plan.allocations().stream().filter(planned -> planned.owner().equals(owner)).mapToLong(PlannedMemory::byteSize).sum();
    }

    /** Numerical features, ids and labels, and their sorted ids. */
    @Test
    void aGpuHasRoomForTheNextBatchAndACpuHasNone() throws IOException {
        RunConfig config = config(Precision.FP16, 64, 64, 5000);
        WorkingMemory onGpu = new CudaWorkingMemory(CudaOptions.ofGpu(0, null, _ -> { }));
        MemoryPlan gpu = Run.memoryPlans(config, 1, onGpu).getFirst();
        assertThat(bytes(gpu, "sorted ids of the next batch")).isEqualTo(64 * 4 * 8).isEqualTo(bytes(gpu, "sorted ids"));
        assertThat(bytes(gpu, "inputs of the next batch")).isBetween(64L * (2 + 4 * 4 + 4), 2 * 64L * (16 + 4 * 4 + 4));
        assertThat(bytes(gpu, "raw batch on the device")).isEqualTo(bytes(gpu, "raw batch") / 6 * 2);
        List<MemoryPlan> onCpus = Run.memoryPlans(sendingIds(config), 2, new CpuWorkingMemory(1));
        List<MemoryPlan> onGpus = Run.memoryPlans(sendingIds(config), 2, onGpu);
        assertThat(bytes(onGpus.getFirst(), "ids of owned tables")).isEqualTo(2 * bytes(onCpus.getFirst(), "ids of owned tables")).isPositive();
        assertThat(onCpus).allSatisfy(plan -> assertThat(plan.allocations()).noneMatch(planned -> planned.owner().contains("next batch")));
    }

    @Test
    void aTableForPeopleNamesEveryPartAndTheSum() throws IOException {
        MemoryPlan plan = Run.memoryPlans(config(Precision.BF16, 64, 64, 5000), 1, new CpuWorkingMemory(1)).getFirst();
        assertThat(plan.lines()).anyMatch(line -> line.endsWith("KiB  embedding first moments")).anyMatch(line -> line.endsWith("  sorted ids"))
                .anyMatch(line -> line.endsWith("on the device in all")).anyMatch(line -> line.contains("raw batch, on the host"));
    }
}
