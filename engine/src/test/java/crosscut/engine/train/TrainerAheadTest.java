package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.SimulatedGpu;
import crosscut.engine.TestModels;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.World;
import crosscut.kernels.batch.InvalidLabelException;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.simulator.execution.LaneOrder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps on a simulated GPU between which the host never waits: their order is what streams and events make of it. */
class TrainerAheadTest {

    private static final int BATCH = 37;
    private static final int STEPS = 7;
    private static final ModelConfig MODEL = TestModels.small();
    private static final RawBatchLayout LAYOUT = new RawBatchLayout(BATCH, MODEL.numericalFeatures(), DataType.FLOAT32,
            MODEL.tables().stream().map(table -> new CategoricalColumn(table.name(), table.cardinality(), DataType.INT8, 1)).toList());

    private static TrainingConfig training(Precision precision, long offloading) {
        return new TrainingConfig(TestModels.ADAM, precision, BATCH, BATCH, 1, -1, 1, 10, 1, false, 8000, false,
                precision.needsLossScale() ? new LossScaling(1024, true) : LossScaling.NONE, PlacementConfig.DEFAULT.withOffloading(offloading));
    }

    /** What a training of some steps leaves: moments of the dense weights, and the tables. */
    private static List<byte[]> weightsAfter(Device device, TrainingConfig training, BiConsumer<Trainer, List<RawBatch>> steps) {
        List<RawBatch> batches = new ArrayList<>();
        try (ModelParameters parameters = ModelParameters.allocate(
                        device, MODEL, training.precision(), training.optimizer(), World.single(), training.placement());
                Trainer trainer = new Trainer(device, parameters, training, LAYOUT, 0)) {
            parameters.initialize(1, false);
            for (int step = 0; step < STEPS; step++) {
                batches.add(batch(device, step));
            }
            steps.accept(trainer, batches);
            trainer.synchronize();
            List<byte[]> weights = new ArrayList<>();
            weights.add(bytes(device, parameters.dense().firstMoments()));
            weights.add(bytes(device, parameters.dense().secondMoments()));
            for (int shard = 0; shard < parameters.embeddings().count(); shard++) {
                weights.add(bytes(device, parameters.embeddings().weights(shard).memory()));
            }
            return weights;
        } finally {
            batches.forEach(RawBatch::close);
        }
    }

    private static byte[] bytes(Device device, DeviceMemory memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(memory.byteSize(), Float.BYTES);
            device.read(memory, 0, bytes);
            return bytes.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static RawBatch batch(Device device, int number) {
        RawBatch batch = new RawBatch(device, LAYOUT);
        Random random = new Random(number);
        for (int sample = 0; sample < BATCH; sample++) {
            batch.labels().set(ValueLayout.JAVA_BYTE, sample, (byte) random.nextInt(2));
            for (int column = 0; column < MODEL.numericalFeatures(); column++) {
                batch.numerical().setAtIndex(ValueLayout.JAVA_FLOAT, (long) sample * MODEL.numericalFeatures() + column, random.nextFloat());
            }
            for (int table = 0; table < MODEL.tables().size(); table++) {
                batch.categorical(table).set(ValueLayout.JAVA_BYTE, sample, (byte) random.nextInt((int) MODEL.tables().get(table).cardinality()));
            }
        }
        batch.describe(BATCH, (long) number * BATCH);
        return batch;
    }

    private static void oneAfterTheOther(Trainer trainer, List<RawBatch> batches) {
        for (RawBatch batch : batches) {
            trainer.step(batch);
            trainer.loss();
        }
    }

    private static void oneAhead(Trainer trainer, List<RawBatch> batches) {
        assertThat(trainer.preparesAhead()).isTrue();
        trainer.prepare(batches.getFirst());
        for (int step = 0; step < STEPS; step++) {
            trainer.step();
            if (step + 1 < STEPS) {
                trainer.prepare(batches.get(step + 1));
            }
        }
    }

    /** With all tables on the device, all on the host, and some on either. */
    @ParameterizedTest
    @CsvSource({"FP32, LOCK_STEP, 1, -1", "BF16, LANE_REVERSE, 2, -1", "FP16, LANE_RANDOM, 3, 0", "TF32, LANE_RANDOM, 4, 1000", "FP16, LOCK_STEP, 5, 1000"})
    void preparingAheadChangesNoBit(Precision precision, LaneOrder order, long seed, long threshold) {
        TrainingConfig training = training(precision, threshold < 0 ? PlacementConfig.NO_OFFLOADING : threshold);
        List<byte[]> expected;
        try (SimulatedGpu gpu = new SimulatedGpu()) {
            expected = weightsAfter(gpu.device(), training, TrainerAheadTest::oneAfterTheOther);
        }
        try (SimulatedGpu gpu = new SimulatedGpu(order, seed)) {
            assertThat(weightsAfter(gpu.device(), training, TrainerAheadTest::oneAhead)).usingElementComparator(Arrays::compare)
                    .isEqualTo(expected);
        }
    }

    @Test
    void aBadBatchIsReportedWhenItsStepWasLaunched() {
        try (SimulatedGpu gpu = new SimulatedGpu()) {
            weightsAfter(gpu.device(), training(Precision.FP32, PlacementConfig.NO_OFFLOADING), (trainer, batches) -> {
                batches.get(1).labels().set(ValueLayout.JAVA_BYTE, 2, (byte) 5);
                trainer.prepare(batches.get(0));
                trainer.step();
                trainer.prepare(batches.get(1));
                assertThatCode(trainer::synchronize).doesNotThrowAnyException();
                assertThatCode(trainer::loss).doesNotThrowAnyException();
                trainer.step();
                trainer.prepare(batches.get(2));
                assertThatThrownBy(trainer::synchronize).isInstanceOf(InvalidLabelException.class).hasMessage("the label, sample 39: 5 is neither 0 nor 1");
            });
        }
    }

    @Test
    void aStepTakesEveryBatchOnce() {
        try (Device device = TestModels.device(1)) {
            weightsAfter(device, training(Precision.FP32, PlacementConfig.NO_OFFLOADING), (trainer, batches) -> {
                assertThat(trainer.preparesAhead()).isFalse();
                assertThatThrownBy(trainer::step).isInstanceOf(IllegalStateException.class).hasMessage("a step was launched without a batch");
                trainer.prepare(batches.get(0));
                assertThatThrownBy(() -> trainer.prepare(batches.get(1))).isInstanceOf(IllegalStateException.class)
                        .hasMessage("a batch was given before a step has taken the one before");
                trainer.step();
                assertThatThrownBy(trainer::step).isInstanceOf(IllegalStateException.class);
            });
        }
    }
}
