package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import crosscut.kernels.device.Stream;
import crosscut.kernels.embedding.Pooling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pass that the device cannot complete leaves nothing of itself on the device. */
class FailedPassTest {

    private static final int ROWS = 9;
    private static final int SAMPLES = 90;

    @TempDir
    private Path folder;

    private final List<DeviceMemory> memories = new ArrayList<>();
    private int openStreams;
    private int callsLeft;

    @ParameterizedTest
    @CsvSource({"allocateHost, 1", "allocateHost, 3", "capture, 1"})
    void timedScoring(String method, int call) throws IOException {
        try (Device device = TestModels.device(1)) {
            failed(device, method, call, bound -> new TimedScoring(bound.device, bound.pass, bound.split));
        }
    }

    @ParameterizedTest
    @CsvSource({"allocateHost, 1", "allocateHost, 3", "capture, 1", "allocate, 1"})
    void evaluator(String method, int call) throws IOException {
        try (Device device = TestModels.device(1)) {
            failed(device, method, call, bound -> new Evaluator(bound.device, World.single(), bound.parameters.input(), bound.pass, bound.split, 100));
        }
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

    /** Lets the {@code call}-th call of a method of the device fail. */
    private void failed(Device device, String method, int call, Function<Bound, AutoCloseable> make) throws IOException {
        callsLeft = call;
        TestModels.writeFeatureSpec(folder);
        FeatureSpec spec = FeatureSpecReader.read(folder.resolve("feature_spec.yaml"));
        try (SyntheticDataset dataset = SyntheticDataset.create(folder, spec, 5, SyntheticLabels.PLANTED, 1, SAMPLES);
                ModelParameters parameters = ModelParameters.allocate(device,
                        new ModelFlags("4,8,5", List.of(8, 4), List.of(16, 1), 2, 3, true, Pooling.MEAN).resolve(spec), Precision.FP32, null, World.single(),
                        PlacementConfig.DEFAULT);
                Dcnv2 pass = parameters.inferencePass(device, ROWS)) {
            parameters.initialize(5, false);
            Device failing = TestModels.watching(device, (called, arguments) -> answer(device, called, arguments, method));
            assertThatThrownBy(() -> make.apply(new Bound(failing, parameters, pass, dataset.split(FeatureSpec.TEST))))
                    .isInstanceOf(IllegalStateException.class).hasMessage("no memory for " + method).hasNoSuppressedExceptions();
        }
        assertThat(memories).hasSize(method.equals("allocateHost") ? call - 1 : 3);
        assertThat(memories).allMatch(memory -> !memory.hostSegment().scope().isAlive());
        assertThat(openStreams).isZero();
    }

    private Object answer(Device device, String called, Object[] arguments, String failing) {
        if (called.equals(failing) && --callsLeft == 0) {
            throw new IllegalStateException("no memory for " + called);
        }
        return switch (called) {
            case "createStream" -> new CountedStream();
            case "allocateHost" -> {
                DeviceMemory memory = device.allocateHost((String) arguments[0], (long) arguments[1]);
                memories.add(memory);
                yield memory;
            }
            default -> null;
        };
    }
}
