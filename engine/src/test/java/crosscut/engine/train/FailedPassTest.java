package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.TestModels;
import crosscut.engine.config.DatasetConfig.SyntheticLabels;
import crosscut.engine.config.ModelFlags;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpecReader;
import crosscut.engine.data.SampleSource;
import crosscut.engine.data.SyntheticDataset;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.World;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Event;
import crosscut.kernels.device.SampleSlices;
import crosscut.kernels.device.Stream;
import crosscut.kernels.embedding.Pooling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pass that the device cannot complete leaves nothing of itself on the device. */
class FailedPassTest {

    private static final int ROWS = 9;
    private static final int SAMPLES = 90;
    private static final int RING_BUFFERS = 3;

    @TempDir
    private Path folder;

    private final List<DeviceMemory> hostMemories = new ArrayList<>();
    private final List<DeviceMemory> memories = new ArrayList<>();
    private SampleSlices cut;
    private int openStreams;
    private int callsLeft;

    @ParameterizedTest
    @ValueSource(strings = {"allocateHost", "capture"})
    void timedScoring(String method) throws IOException {
        failsOnEveryCall(method, RING_BUFFERS, bound -> new TimedScoring(bound.device, bound.pass, bound.split));
    }

    @ParameterizedTest
    @ValueSource(strings = {"allocateHost", "capture", "allocate"})
    void evaluator(String method) throws IOException {
        failsOnEveryCall(method, RING_BUFFERS,
                bound -> new Evaluator(bound.device, World.single(), bound.parameters.input(), bound.pass, bound.split, 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"allocate", "createUpload", "createStream", "createEvent", "capture"})
    void trainer(String method) throws IOException {
        failsOnEveryCall(method, 0, FailedPassTest::trainer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"allocate", "createUpload", "createStream", "createEvent", "capture"})
    void trainerInSlices(String method) throws IOException {
        cut = new SampleSlices(ROWS, 2, 2);
        failsOnEveryCall(method, 0, FailedPassTest::trainer);
    }

    private static Trainer trainer(Bound bound) {
        return new Trainer(bound.device, bound.parameters, TestModels.training(ROWS, -1), bound.parameters.input().layout(bound.split.layout(ROWS)), 0);
    }

    /** The CPU's holds nothing, so that nothing but this shows whether it was closed. */
    private final class CountedStream implements Stream {

        CountedStream() {
            openStreams++;
        }

        @Override
        public void synchronize() {
            // Everything launched has run already.
        }

        @Override
        public void await(Event event) {
            event.synchronize();
        }

        @Override
        public void close() {
            openStreams--;
        }
    }

    private record Bound(Device device, ModelParameters parameters, Dcnv2 pass, SampleSource split) {}

    /**
     * Lets the first call of a method of the device fail, then the second, and so on, until there are no more of them.
     *
     * @param hostBuffers memories of the host that are made before anything but a host's memory can fail
     */
    private void failsOnEveryCall(String method, int hostBuffers, Function<Bound, AutoCloseable> make) throws IOException {
        TestModels.writeFeatureSpec(folder);
        FeatureSpec spec = FeatureSpecReader.read(folder.resolve("feature_spec.yaml"));
        try (Device device = TestModels.device(1);
                SyntheticDataset dataset = SyntheticDataset.create(folder, spec, 5, SyntheticLabels.PLANTED, 1, SAMPLES);
                ModelParameters parameters = ModelParameters.allocate(device,
                        new ModelFlags("4,8,5", List.of(8, 4), List.of(16, 1), 2, 3, true, Pooling.MEAN).resolve(spec), Precision.FP32, TestModels.ADAM,
                        World.single(), PlacementConfig.DEFAULT);
                Dcnv2 pass = parameters.inferencePass(device, ROWS)) {
            parameters.initialize(5, false);
            Device failing = TestModels.watching(device, (called, arguments) -> answer(device, called, arguments, method));
            Bound bound = new Bound(failing, parameters, pass, dataset.split(FeatureSpec.TEST));
            int call = 1;
            while (fails(call, bound, method, make)) {
                assertThat(hostMemories).hasSize(method.equals("allocateHost") ? call - 1 : hostBuffers);
                call++;
            }
            assertThat(call).as("calls of " + method).isGreaterThan(1);
            assertThat(hostMemories.size() + memories.size()).as("memories of what was made").isGreaterThanOrEqualTo(2);
        }
    }

    private boolean fails(int call, Bound bound, String method, Function<Bound, AutoCloseable> make) {
        hostMemories.clear();
        memories.clear();
        callsLeft = call;
        boolean failed = false;
        try (AutoCloseable made = make.apply(bound)) {
            assertThat(made).isNotNull();
        } catch (Exception failure) {
            assertThat(failure).isInstanceOf(IllegalStateException.class).hasMessage("no memory for " + method).hasNoSuppressedExceptions();
            failed = true;
        }
        assertThat(hostMemories).as("memories of the host after call %d of %s", call, method).allMatch(FailedPassTest::isClosed);
        assertThat(memories).as("memories after call %d of %s", call, method).allMatch(FailedPassTest::isClosed);
        assertThat(openStreams).as("streams after call %d of %s", call, method).isZero();
        return failed;
    }

    private Object answer(Device device, String called, Object[] arguments, String failing) {
        if (called.equals(failing) && --callsLeft == 0) {
            throw new IllegalStateException("no memory for " + called);
        }
        return switch (called) {
            case "createStream" -> new CountedStream();
            case "allocate" -> kept(device.allocate((String) arguments[0], (long) arguments[1]), memories);
            case "allocateHost" -> kept(device.allocateHost((String) arguments[0], (long) arguments[1]), hostMemories);
            case "trainingSlices" -> cut;
            default -> null;
        };
    }

    private static DeviceMemory kept(DeviceMemory memory, List<DeviceMemory> kept) {
        kept.add(memory);
        return memory;
    }

    private static boolean isClosed(DeviceMemory memory) {
        return !memory.hostSegment().scope().isAlive();
    }
}
