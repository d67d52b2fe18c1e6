package crosscut.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.SimulatedGpu;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.Precision;
import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;
import crosscut.kernels.optimizer.UpdateRule;
import crosscut.simulator.execution.LaneOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/**
 * The whole model against libtorch: activations, loss, every gradient, one and five Adam steps; on both matrix product libraries, for 1, 2 and 7 threads, and on a
 * simulated GPU. */
class GoldenModelTest {

    private static final int[] THREADS = {1, 2, 7};

    /** A comparison of one run with one file. */
    private interface Check {
        void run(Golden golden, Device device);
    }

    @TestFactory
    Stream<DynamicTest> forwardActivationsAndLoss() {
        return everywhere(GoldenModelTest::checkForward);
    }

    @TestFactory
    Stream<DynamicTest> gradients() {
        return everywhere(GoldenModelTest::checkGradients);
    }

    @TestFactory
    Stream<DynamicTest> tableGradientsThroughStochasticGradientDescent() {
        return everywhere(GoldenModelTest::checkTableGradients);
    }

    @TestFactory
    Stream<DynamicTest> adamSteps() {
        return everywhere(GoldenModelTest::checkAdam);
    }

    @TestFactory
    Stream<DynamicTest> bfloat16LogitsAndLoss() {
        return everywhere(GoldenModelTest::checkBfloat16);
    }

    private static Stream<DynamicTest> everywhere(Check check) {
        List<DynamicTest> tests = new ArrayList<>();
        for (Golden golden : Golden.all()) {
            for (MatrixLibrary library : List.of(MatrixLibrary.AUTO, MatrixLibrary.JAVA)) {
                for (int threads : THREADS) {
                    tests.add(DynamicTest.dynamicTest(golden + ", " + library + ", " + threads + " threads", () -> {
                        try (Device device = CpuDevice.open(threads, pool -> CpuMatrixProducts.open(pool, library))) {
                            check.run(golden, device);
                        }
                    }));
                }
            }
            for (LaneOrder order : List.of(LaneOrder.LOCK_STEP, LaneOrder.LANE_RANDOM)) {
                tests.add(DynamicTest.dynamicTest(golden + ", simulated GPU, " + order, () -> {
                    try (SimulatedGpu gpu = new SimulatedGpu(order)) {
                        check.run(golden, gpu.device());
                    }
                }));
            }
        }
        return tests.stream();
    }

    private static void checkForward(Golden golden, Device device) {
        try (GoldenRun run = new GoldenRun(golden, device, Precision.FP32, UpdateRule.Kind.ADAM, 0.01)) {
            double loss = run.step(0);
            Tolerance law = new Tolerance(DataType.FLOAT32, golden.longestReduction());
            ModelConfig model = golden.model();
            compare(law, run, "logits", run.pass().logits(), golden.at("forward", "logits"), true);
            compare(law, run, "x0", run.pass().tensor("x.0"), golden.at("forward", "activations", "x0"), false);
            for (int layer = 0; layer < model.crossLayers(); layer++) {
                compare(law, run, "u", run.pass().tensor("u." + layer), golden.at("forward", "activations", "cross." + layer + ".u"), false);
                compare(law, run, "h", run.pass().tensor("h." + layer), golden.at("forward", "activations", "cross." + layer + ".q"), false);
            }
            for (int layer = 0; layer < model.topMlp().size() - 1; layer++) {
                compare(law, run, "top", run.pass().tensor("top." + layer), golden.at("forward", "activations", "top." + layer + ".out"), false);
            }
            double expected = golden.at("forward", "loss").asDouble();
            assertThat(law.accepts(loss, expected, expected)).as("loss %s, expected %s", loss, expected).isTrue();
        }
    }

    private static void checkGradients(Golden golden, Device device) {
        try (GoldenRun run = new GoldenRun(golden, device, Precision.FP32, UpdateRule.Kind.ADAM, 0.01)) {
            run.step(0);
            Tolerance law = new Tolerance(DataType.FLOAT32, golden.longestReduction());
            for (Map.Entry<String, JsonNode> entry : golden.at("gradients", "weights").properties()) {
                if (!entry.getKey().startsWith("emb.")) {
                    compare(law, run, entry.getKey(), run.gradient(entry.getKey()), entry.getValue(), entry.getValue().get(0).isArray());
                }
            }
            compare(law, run, "logit gradient", run.pass().tensor("gradient.logits"), golden.at("gradients", "activations", "logits"), true);
        }
    }

    /** One step of plain gradient descent with rate 1 moves every table by minus its gradient. */
    private static void checkTableGradients(Golden golden, Device device) {
        try (GoldenRun run = new GoldenRun(golden, device, Precision.FP32, UpdateRule.Kind.SGD, 1.0)) {
            run.step(0);
            Tolerance law = new Tolerance(DataType.FLOAT32, golden.longestReduction());
            for (int table = 0; table < golden.model().tables().size(); table++) {
                String name = "emb." + table;
                double[][] expected = Golden.matrix(golden.at("weights", name), false);
                JsonNode rows = golden.at("gradients", "weights", name, "rows");
                double[][] gradient = Golden.matrix(golden.at("gradients", "weights", name, "values"), false);
                for (int i = 0; i < rows.size(); i++) {
                    for (int column = 0; column < gradient[i].length; column++) {
                        expected[rows.get(i).asInt()][column] -= gradient[i][column];
                    }
                }
                compareValues(law, name, run.read(run.weight(name)), expected, largest(expected));
            }
        }
    }

    private static void checkAdam(Golden golden, Device device) {
        double rate = golden.at("adam_keras", "lr").asDouble();
        try (GoldenRun run = new GoldenRun(golden, device, Precision.FP32, UpdateRule.Kind.ADAM, rate)) {
            Tolerance law = new Tolerance(DataType.FLOAT32, golden.longestReduction() * golden.batches());
            for (int step = 0; step < golden.batches(); step++) {
                double loss = run.step(step);
                double expected = golden.at("adam_keras", "losses").get(step).asDouble();
                assertThat(law.accepts(loss, expected, expected)).as("loss of step %s: %s, expected %s", step, loss, expected).isTrue();
                if (golden.has("adam_keras", "weights_after_" + (step + 1))) {
                    compareParameters(law, run, golden.at("adam_keras", "weights_after_" + (step + 1)), run::weight);
                }
            }
            compareParameters(law, run, golden.at("adam_keras", "m_after_" + golden.batches()), run::firstMoment);
            compareParameters(law, run, golden.at("adam_keras", "v_after_" + golden.batches()), run::secondMoment);
        }
    }

    private static void checkBfloat16(Golden golden, Device device) {
        try (GoldenRun run = new GoldenRun(golden, device, Precision.BF16, UpdateRule.Kind.ADAM, 0.01)) {
            double loss = run.step(0);
            Tolerance law = new Tolerance(DataType.BFLOAT16, golden.longestReduction());
            double expected = golden.at("forward", "loss").asDouble();
            assertThat(law.accepts(loss, expected, expected)).as("loss %s, expected %s", loss, expected).isTrue();
            compare(law, run, "logits", run.pass().logits(), golden.at("forward", "logits"), true);
        }
    }

    private interface Lookup {
        Tensor of(String fileName);
    }

    /** After a step every parameter's rounding error has reached every other one through the gradients, so the law takes the magnitude of the whole model. */
    private static void compareParameters(Tolerance law, GoldenRun run, JsonNode expected, Lookup lookup) {
        double magnitude = 0;
        for (Map.Entry<String, JsonNode> entry : expected.properties()) {
            magnitude = Math.max(magnitude, largest(Golden.matrix(entry.getValue(), false)));
        }
        for (Map.Entry<String, JsonNode> entry : expected.properties()) {
            boolean transpose = Golden.isTransposed(entry.getKey()) && entry.getValue().get(0).isArray();
            compareValues(law, entry.getKey(), run.read(lookup.of(entry.getKey())), Golden.matrix(entry.getValue(), transpose), magnitude);
        }
    }

    private static void compare(Tolerance law, GoldenRun run, String what, Tensor actual, JsonNode expected, boolean transpose) {
        double[][] values = Golden.matrix(expected, transpose);
        compareValues(law, what, run.read(actual), values, largest(values));
    }

    private static double largest(double[][] values) {
        return Stream.of(values).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
    }

    /** Our matrices may have padding rows or columns beyond the file's. */
    private static void compareValues(Tolerance law, String what, double[][] actual, double[][] expected, double magnitude) {
        for (int row = 0; row < expected.length; row++) {
            for (int column = 0; column < expected[row].length; column++) {
                assertThat(law.accepts(actual[row][column], expected[row][column], magnitude))
                        .as("%s[%s][%s] is %s, expected %s within %s", what, row, column, actual[row][column], expected[row][column], law.allowed(magnitude))
                        .isTrue();
            }
        }
    }
}
