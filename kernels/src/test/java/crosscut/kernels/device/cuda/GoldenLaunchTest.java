package crosscut.kernels.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.bindings.cuda.Cuda;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.loss.LastLayer;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.driver.SimulatedCuda;
import crosscut.simulator.execution.LaneOrder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Launches that were recorded once, run again on the simulator. */
class GoldenLaunchTest {

    /** Where {@code bench/gpu/run} results belong: files with launches of a GPU. */
    private static final Path RECORDED_ON_GPUS = Path.of("src/test/resources/crosscut/kernels/cuda/golden");

    /** A last layer, a copy and random numbers on a simulator that runs lanes in one order. */
    private static List<GoldenLaunch> recorded(LaneOrder order) {
        List<GoldenLaunch> launches = new ArrayList<>();
        SimulatedCuda driver = new SimulatedCuda(new SimulatorOptions(order, 1, false, 1));
        try (CudaDevice device = CudaDevice.open(new CudaLibraries(new Cuda(new GoldenRecorder(driver, launches)), null), CudaOptions.ofSimulator(_ -> { }));
                Stream stream = device.createStream("recorded")) {
            Random random = new Random(3);
            Tensor x = tensor(device, 37, 5, random);
            device.random().uniform(x, 0, 1, 2, 1f);
            device.cross().copy(x, tensor(device, 37, 5, random)).launch(stream);
            LastLayer layer = new LastLayer(x, true, tensor(device, 5, 1, random), tensor(device, 1, 1, random), tensor(device, 37, 1, random),
                    tensor(device, 37, 1, random), tensor(device, 37, 5, random), tensor(device, 5, 1, random), tensor(device, 1, 1, random));
            device.loss().lastLayer(layer, tensor(device, 1, 37, random), 37, null, tensor(device, 1, 1, random)).launch(stream);
            stream.synchronize();
        }
        driver.close();
        return launches;
    }

    private static Tensor tensor(CudaDevice device, int rows, int columns, Random random) {
        float[] values = new float[rows * columns];
        for (int index = 0; index < values.length; index++) {
            values[index] = 2 * random.nextFloat() - 1;
        }
        Tensor tensor = device.allocate("test", (long) values.length * Float.BYTES).tensor(0, DataType.FLOAT32, rows, columns);
        device.write(tensor.memory(), 0, MemorySegment.ofArray(values));
        return tensor;
    }

    private static List<String> differences(GoldenLaunch golden, LaneOrder order) throws IOException {
        try (InputStream ptx = GoldenLaunchTest.class.getResourceAsStream("/crosscut/kernels/cuda/" + golden.family() + ".ptx")) {
            return golden.differences(new String(ptx.readAllBytes(), StandardCharsets.UTF_8), new SimulatorOptions(order, 2, false, 1));
        }
    }

    private static byte[] file(List<GoldenLaunch> launches) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        GoldenLaunch.write(launches, bytes);
        return bytes.toByteArray();
    }

    /** Number of the first allocation whose bytes the launch has changed. */
    private static int firstOutput(GoldenLaunch golden) {
        int output = 0;
        while (output < golden.after().size() && Arrays.equals(golden.after().get(output), golden.launch().memory().get(output).bytes())) {
            output++;
        }
        return output;
    }

    @Test
    void everyOrderOfLanesReplaysWhatOneHasRecorded() throws IOException {
        List<GoldenLaunch> launches = GoldenLaunch.read(new ByteArrayInputStream(file(recorded(LaneOrder.LOCK_STEP))));
        assertThat(launches).extracting(golden -> golden.launch().kernel()).contains("uniform", "last_layer_single_f32", "last_layer_sums")
                .hasSize(4);
        for (GoldenLaunch golden : launches) {
            assertThat(firstOutput(golden)).as("an output of %s", golden.launch().kernel()).isLessThan(golden.after().size());
            for (LaneOrder order : LaneOrder.values()) {
                assertThat(differences(golden, order)).isEmpty();
            }
        }
    }

    @Test
    void whatWasTamperedWithIsNoticed() throws IOException {
        for (GoldenLaunch golden : recorded(LaneOrder.LOCK_STEP)) {
            int output = firstOutput(golden);
            // The exponent of the first number.
            golden.after().get(output)[3] ^= 0x40;
            assertThat(differences(golden, LaneOrder.LOCK_STEP)).singleElement().asString()
                    .startsWith(golden.launch().kernel() + ", grid " + golden.launch().shape().gridX()).contains("allocation " + output + ", byte 3: ");
        }
        byte[] file = file(recorded(LaneOrder.LOCK_STEP));
        file[file.length / 2] ^= 1;
        assertThatThrownBy(() -> GoldenLaunch.read(new ByteArrayInputStream(file))).isInstanceOf(IOException.class);
    }

    @Test
    void whatAGpuHasLeftTheSimulatorLeavesToo() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(RECORDED_ON_GPUS), "no launch was ever recorded on a GPU: bench/gpu/run --only conformance records some");
        List<String> found = new ArrayList<>();
        try (java.util.stream.Stream<Path> files = Files.list(RECORDED_ON_GPUS)) {
            for (Path file : files.sorted().toList()) {
                List<GoldenLaunch> launches = GoldenLaunch.read(Files.newInputStream(file));
                assertThat(launches).as("%s", file).isNotEmpty();
                for (int number = 0; number < launches.size(); number++) {
                    for (String difference : differences(launches.get(number), LaneOrder.LOCK_STEP)) {
                        found.add(file.getFileName() + ", launch " + number + ": " + difference);
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }
}
