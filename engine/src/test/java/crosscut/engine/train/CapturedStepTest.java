package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import crosscut.engine.SimulatedGpu;
import crosscut.engine.TestModels;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TableConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.World;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.cuda.Span;
import crosscut.kernels.embedding.Pooling;
import crosscut.simulator.driver.CapturedOperation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which launches a captured step makes on a GPU, and in which stream: a fusion that is lost shows here as a launch more. The model has the layers of the
 * reference's and small widths, and as many ids as need several passes of the sort. docs/gpu.md says what each launch costs at the reference's size.
 */
class CapturedStepTest {

    private static final int BATCH = 512;

    /** A graph of its own, which runs beside the step before. Between the two, and in neither, is {@code copy_tensors}. */
    private static final String PREPARATION = """
            0 kernel decode_{type}
            0 kernel count_digits_of_ids
            0 kernel sum_digits_of_tiles
            0 kernel move_ids
            0 kernel count_digits_of_pairs
            0 kernel sum_digits_of_tiles
            0 kernel move_pairs
            0 kernel count_digits_of_pairs
            0 kernel sum_digits_of_tiles
            0 kernel move_pairs
            """;

    /** Stream 0 is the main one, 1 takes the weight gradients. {@code fp16} before a line: only there. */
    private static final String STEP = """
            0 kernel gather_single4_{type}
            0 cublasLtMatmul 64 x 512 x 16 RELU_AUX_BIAS
            0 cublasLtMatmul 32 x 512 x 64 RELU_AUX_BIAS
            0 cublasLtMatmul 16 x 512 x 32 RELU_BIAS
            0 cublasLtMatmul 48 x 512 x 432 DEFAULT
            0 cublasLtMatmul 432 x 512 x 48 BIAS
            0 kernel forward_wide_{type}
            0 cublasLtMatmul 48 x 512 x 432 DEFAULT
            0 cublasLtMatmul 432 x 512 x 48 BIAS
            0 kernel forward_wide_{type}
            0 cublasLtMatmul 48 x 512 x 432 DEFAULT
            0 cublasLtMatmul 432 x 512 x 48 BIAS
            0 kernel forward_wide_{type}
            0 cublasLtMatmul 112 x 512 x 432 RELU_AUX_BIAS
            0 cublasLtMatmul 96 x 512 x 112 RELU_AUX_BIAS
            0 cublasLtMatmul 80 x 512 x 96 RELU_AUX_BIAS
            0 cublasLtMatmul 24 x 512 x 80 RELU_BIAS
            0 kernel last_layer_wide_{type}
            0 kernel last_layer_sums
            1 cublasLtMatmul 24 x 80 x 512 BGRADA
            0 cublasLtMatmul 80 x 512 x 24 DRELU
            1 cublasLtMatmul 80 x 96 x 512 BGRADA
            0 cublasLtMatmul 96 x 512 x 80 DRELU
            1 cublasLtMatmul 96 x 112 x 512 BGRADA
            0 cublasLtMatmul 112 x 512 x 96 DRELU
            1 cublasLtMatmul 112 x 432 x 512 BGRADA
            0 cublasLtMatmul 432 x 512 x 112 DEFAULT
            0 kernel product_gradient_wide_{type}
            0 cublasLtMatmul 48 x 512 x 432 DEFAULT
            1 cublasLtMatmul 432 x 48 x 512 BGRADA
            1 cublasLtMatmul 48 x 432 x 512 DEFAULT
            0 cublasLtMatmul 432 x 512 x 48 DEFAULT
            0 kernel product_gradient_wide_{type}
            0 cublasLtMatmul 48 x 512 x 432 DEFAULT
            1 cublasLtMatmul 432 x 48 x 512 BGRADA
            1 cublasLtMatmul 48 x 432 x 512 DEFAULT
            0 cublasLtMatmul 432 x 512 x 48 DEFAULT
            0 kernel product_gradient_wide_{type}
            0 cublasLtMatmul 48 x 512 x 432 DEFAULT
            1 cublasLtMatmul 432 x 48 x 512 BGRADA
            1 cublasLtMatmul 48 x 432 x 512 DEFAULT
            0 cublasLtMatmul 432 x 512 x 48 DEFAULT
            0 kernel input_gradient_3_wide_{type}
            1 cublasLtMatmul 16 x 32 x 512 BGRADA
            0 cublasLtMatmul 32 x 512 x 16 DRELU
            1 cublasLtMatmul 32 x 64 x 512 BGRADA
            0 cublasLtMatmul 64 x 512 x 32 DRELU
            1 cublasLtMatmul 64 x 16 x 512 BGRADA
            fp16 0 kernel check_finite_wide_f32
            fp16 0 kernel adjust_loss_scale
            0 kernel update_chunks_{type}
            0 kernel update_groups
            0 kernel update_rest
            0 kernel adam_wide_{copy}
            """;

    private static final String INFERENCE = """
            0 kernel gather_single4_{type}
            0 cublasLtMatmul 64 x 512 x 16 RELU_BIAS
            0 cublasLtMatmul 32 x 512 x 64 RELU_BIAS
            0 cublasLtMatmul 16 x 512 x 32 RELU_BIAS
            0 cublasLtMatmul 48 x 512 x 432 DEFAULT
            0 cublasLtMatmul 432 x 512 x 48 BIAS
            0 kernel forward_wide_{type}
            0 cublasLtMatmul 48 x 512 x 432 DEFAULT
            0 cublasLtMatmul 432 x 512 x 48 BIAS
            0 kernel forward_wide_{type}
            0 cublasLtMatmul 48 x 512 x 432 DEFAULT
            0 cublasLtMatmul 432 x 512 x 48 BIAS
            0 kernel forward_wide_{type}
            0 cublasLtMatmul 112 x 512 x 432 RELU_BIAS
            0 cublasLtMatmul 96 x 512 x 112 RELU_BIAS
            0 cublasLtMatmul 80 x 512 x 96 RELU_BIAS
            0 cublasLtMatmul 24 x 512 x 80 RELU_BIAS
            0 kernel dot_wide_{type}
            """;

    private static final List<TableConfig> TABLES = IntStream.range(0, 26)
            .mapToObj(table -> new TableConfig("t" + table, table == 0 ? 300_000 : 100, 16, 1, Pooling.SUM)).toList();
    private static final ModelConfig MODEL = new ModelConfig(13, TABLES, List.of(64, 32, 16), 3, 48, List.of(112, 96, 80, 24, 1), false);

    @ParameterizedTest
    @EnumSource(Precision.class)
    void trainingStep(Precision precision) {
        RawBatchLayout layout = new RawBatchLayout(BATCH, 13, DataType.FLOAT16,
                TABLES.stream().map(table -> new CategoricalColumn(table.name(), table.cardinality(), DataType.INT32, 1)).toList());
        TrainingConfig training = new TrainingConfig(TestModels.ADAM, precision, BATCH, BATCH, 1, -1, 1, 10, 1, false, 8000, false,
                precision.needsLossScale() ? new LossScaling(1024, false) : LossScaling.NONE, PlacementConfig.DEFAULT);
        compare(precision, List.of(PREPARATION, STEP), (gpu, parameters) -> new Trainer(gpu.device(), parameters, training, layout, 0).close());
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void inferencePass(Precision precision) {
        compare(precision, List.of(INFERENCE), (gpu, parameters) -> {
            try (Dcnv2 pass = parameters.inferencePass(gpu.device(), BATCH); Stream stream = gpu.device().createStream("inference")) {
                gpu.device().capture("inference", stream, pass::score);
            }
        });
    }

    @FunctionalInterface
    private interface Capturing {
        void on(SimulatedGpu gpu, ModelParameters parameters);
    }

    private static void compare(Precision precision, List<String> graphs, Capturing capturing) {
        try (SimulatedGpu gpu = new SimulatedGpu()) {
            try (ModelParameters parameters =
                    ModelParameters.allocate(gpu.device(), MODEL, precision, TestModels.ADAM, World.single(), PlacementConfig.DEFAULT)) {
                capturing.on(gpu, parameters);
            }
            assertThat(gpu.captures()).as("captures").hasSameSizeAs(graphs);
            for (int graph = 0; graph < graphs.size(); graph++) {
                compare(lines(gpu.captures().get(graph)), expected(graphs.get(graph), precision));
            }
        }
    }

    private static List<String> lines(List<CapturedOperation> captured) {
        return captured.stream().map(operation -> operation.stream() + " " + operation.description()).toList();
    }

    private static List<String> expected(String launches, Precision precision) {
        String type = Span.suffix(precision.computeType());
        String copy = precision.computeType() == DataType.FLOAT32 ? "none" : type;
        return launches.replace("{type}", type).replace("{copy}", copy).lines()
                .filter(line -> precision.needsLossScale() || !line.startsWith("fp16 ")).map(line -> line.replaceFirst("^fp16 ", "")).toList();
    }

    private static void compare(List<String> actual, List<String> expected) {
        if (!actual.equals(expected)) {
            fail("launches that appeared: %s%nlaunches that vanished: %s%nthe first at place %d%nall launches now:%n%s",
                    without(actual, expected), without(expected, actual), Arrays.mismatch(actual.toArray(), expected.toArray()), String.join("\n", actual));
        }
    }

    /** What is in {@code all} more often than in {@code others}. */
    private static List<String> without(List<String> all, List<String> others) {
        List<String> rest = new ArrayList<>(all);
        others.forEach(rest::remove);
        return rest;
    }
}
