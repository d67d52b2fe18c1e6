package crosscut.engine.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crosscut.engine.TestModels;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.ModelFlags;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.ExpectedRows;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.tools.SyntheticVariant;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import crosscut.kernels.embedding.Pooling;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The step of the reference's model at batch 65,536 in fp16, held against a kernel plan that was worked out by hand for it (ids with alpha 1.05: 253,653
 * distinct rows; units GFLOP and MB).
 */
class StepCostsTest {

    private static final int BATCH = 65_536;
    private static final FeatureSpec SPEC = SyntheticVariant.CRITEO_T15_SYNTHETIC.spec(1);
    private static final double ALPHA = 1.05;
    private static final StepCosts COSTS = costs(PlacementConfig.DEFAULT);

    private static StepCosts costs(PlacementConfig placement) {
        ModelConfig model = new ModelFlags("128", List.of(512, 256, 128), List.of(1024, 1024, 512, 256, 1), 3, 512, false, Pooling.SUM).resolve(SPEC);
        TrainingConfig training = new TrainingConfig(TestModels.ADAM, Precision.FP16, BATCH, BATCH, 1, -1, 1, 100, 1, false, 8000, false,
                new LossScaling(LossScaling.REFERENCE_SCALE, false), placement);
        List<CategoricalColumn> columns = SPEC.categorical().stream()
                .map(feature -> new CategoricalColumn(feature.name(), feature.cardinality().orElseThrow(), DataType.INT32, 1)).toList();
        return StepCosts.of(model, training, new RawBatchLayout(BATCH, 13, DataType.FLOAT16, columns),
                (_, rows, ids) -> ExpectedRows.distinct(rows, ALPHA, ids));
    }

    /** Rows of the plan that our launches match within 1 %: launches of that op with that arithmetic and those bytes. */
    @ParameterizedTest(name = "{0}, {1} GFLOP, {2} MB: {3}")
    @CsvSource({
        "Decoder.decode,                       0,   18, 1",
        "EmbeddingOperations.gather,           0,  573, 1",
        "MatrixProducts.forward,           231.9,  520, 6",
        "CrossOperations.forward,              0, 1359, 1",
        "CrossOperations.forward,              0, 1812, 2",
        "MatrixProducts.forward,           463.9,  596, 1",
        "MatrixProducts.weightGradient,     17.2,  101, 2",
        "MatrixProducts.weightGradient,     68.7,  203, 1",
        "MatrixProducts.weightGradient,    137.4,  273, 1",
        "MatrixProducts.weightGradient,    463.9,  601, 1",
        "CrossOperations.productGradient,      0, 1359, 3",
        "MatrixProducts.inputGradient,     231.9,  520, 3",
        "MatrixProducts.inputGradient,     231.9,  973, 3",
        "CrossOperations.inputGradient,        0, 3624, 1",
        "MatrixProducts.weightGradient,      4.3,   50, 1",
        "MatrixProducts.weightGradient,      1.1,   69, 1",
        "EmbeddingOperations.update,           0, 1229, 1",
        "OptimizerOperations.update,           0,  481, 1"})
    void matchesThePlan(String op, double gigaOperations, double megabytes, int launches) {
        assertThat(launchesOf(op, gigaOperations, megabytes)).as(table()).isEqualTo(launches);
    }

    /**
     * Where we differ, our own bytes. The plan keeps a bit per ReLU; we read the ReLU's output (and, forward, write no bits). The plan leaves out weights (up
     * to 7 MB) and the fp32 gradients of the cross layers' weights (7 MB). It sorts in 3 to 4 passes, 123 MB. It fuses the last layer's product, loss, and both
     * gradients into one launch of 68 MB. It does not look for infinite gradients, which reads those of x0 and of the dense parameters once more.
     */
    @ParameterizedTest(name = "{0}, {1} GFLOP: plan {2} MB, ours {3} MB, {4}")
    @CsvSource({
        "EmbeddingOperations.groupIds,         0,  123,  109, 1",
        "MatrixProducts.forward,             1.1,   73, 69.2, 1",
        "MatrixProducts.forward,            17.2,  103,  101, 2",
        "MatrixProducts.forward,             4.3,   51, 50.4, 1",
        "MatrixProducts.forward,           137.4,  277,  270, 1",
        "MatrixProducts.forward,            68.7,  206,  202, 1",
        "MatrixProducts.inputGradient,      17.2,  101,  168, 2",
        "MatrixProducts.inputGradient,      68.7,  201,  337, 1",
        "MatrixProducts.inputGradient,     137.4,  268,  405, 1",
        "MatrixProducts.inputGradient,       4.3,   50,   84, 1",
        "MatrixProducts.inputGradient,     463.9,  587,  594, 1",
        "MatrixProducts.weightGradient,    231.9,  520,  527, 6",
        "OptimizerOperations.checkFinite,      0,    0,  517, 1",
        "MatrixProducts.forward,           0.034,    0, 33.7, 1",
        "MatrixProducts.weightGradient,    0.034,    0, 33.7, 1",
        "MatrixProducts.inputGradient,     0.034,   68, 67.2, 1"})
    void differsFromThePlanWhereItSaysSo(String op, double gigaOperations, double planned, double ours, int launches) {
        assertThat(launchesOf(op, gigaOperations, ours)).as("plan %s MB%n%s", planned, table()).isEqualTo(launches);
    }

    private static long launchesOf(String op, double gigaOperations, double megabytes) {
        return COSTS.launches().stream().filter(launch -> launch.name().startsWith(op + " "))
                .filter(launch -> Math.abs(launch.operations() * 1e-9 - gigaOperations) < .051 && isClose(launch.bytes() * 1e-6, megabytes)).count();
    }

    private static boolean isClose(double actual, double expected) {
        // The plan is printed in whole MB.
        return Math.abs(actual - expected) <= .01 * expected + .5;
    }

    private static String table() {
        return String.join("\n", COSTS.lines());
    }

    @Test
    void sumsArithmeticAndBytes() {
        assertThat(COSTS.operations()).isCloseTo(6.303e12, Percentage.withPercentage(.1));
        // The rows of the plan add up to 30.01 GB, the differences above and those below 1 % to 1.10 GB.
        assertThat(COSTS.bytes()).isCloseTo(30.01e9 + 1.10e9, Percentage.withPercentage(.2));
        assertThat(COSTS.lines().getLast()).contains("0.09618").endsWith("a sample");
    }

    /** Every distinct row is read once for a copy that is gathered; the update reads and writes it and its two moments. */
    @ParameterizedTest
    @CsvSource({"0, 26", "20000000000, 3", "9000000000000, 0"})
    void rowsInHostMemoryCrossTheBus(long threshold, int offloaded) {
        StepCosts costs = costs(PlacementConfig.DEFAULT.withOffloading(threshold));
        double rows = SPEC.categorical().stream().mapToLong(feature -> feature.cardinality().orElseThrow()).sorted().skip(26 - offloaded)
                .mapToDouble(cardinality -> ExpectedRows.distinct(cardinality, ALPHA, BATCH)).sum();
        assertThat(costs.hostBytes()).isCloseTo(rows * 128 * Float.BYTES * (1 + 3 + 3), Percentage.withPercentage(1e-6));
        assertThat(costs.launches().stream().map(OperationCost::name).anyMatch(name -> name.startsWith("EmbeddingOperations.stageRows"))).isEqualTo(offloaded > 0);
        assertThat(costs.launches().stream().filter(launch -> launch.name().startsWith("EmbeddingOperations.groupIds")).mapToDouble(OperationCost::bytes).sum())
                .isCloseTo(26.0 * BATCH * 64, Percentage.withPercentage(1e-6));
        assertThat(costs.lines().get(costs.lines().size() - 2).contains("in host memory, over the bus")).isEqualTo(offloaded > 0);
    }

    @Test
    void namesTheLayers() {
        assertThat(COSTS.launches().stream().map(OperationCost::layer).distinct())
                .contains("gather", "bottom.0", "cross.2", "top.4 backward", "embedding update");
    }

    @Test
    void expectsAsManyDistinctRowsAsWereCounted() {
        assertThat(distinct(1.45)).isCloseTo(49_134, Percentage.withPercentage(.5));
        assertThat(distinct(1.05)).isCloseTo(253_653, Percentage.withPercentage(.5));
        assertThat(distinct(0)).isCloseTo(611_014, Percentage.withPercentage(.5));
        assertThat(DistinctRows.expected(SPEC).count("cat_0", 7_912_889, BATCH)).as("the spec's own alpha of 1.45").isBetween(1000., 10_000.);
    }

    private static double distinct(double alpha) {
        return SPEC.categorical().stream()
                .mapToDouble(feature -> ExpectedRows.distinct(feature.cardinality().orElseThrow(), alpha, BATCH)).sum();
    }

    @Test
    void oneIdTouchesOneRowAndManyTouchAll() {
        assertThat(ExpectedRows.distinct(1, 0, 5)).isCloseTo(1, within(1e-12));
        assertThat(ExpectedRows.distinct(1_000_000, 0, 1)).isCloseTo(1, within(1e-6));
        assertThat(ExpectedRows.distinct(1000, 1.45, 100_000_000)).isCloseTo(1000, within(1e-6));
        assertThat(DistinctRows.MOST.count("", 10, 7)).isEqualTo(7);
    }
}
