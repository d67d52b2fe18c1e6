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
import crosscut.kernels.device.cuda.CudaOptions;
import crosscut.kernels.device.cuda.CudaWorkingMemory;
import crosscut.kernels.embedding.Pooling;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The step of the reference's model at batch 65,536 in fp16 on a GPU, with ids of alpha 1.05: 253,653 distinct rows. */
class StepCostsTest {

    private static final int BATCH = 65_536;
    private static final FeatureSpec SPEC = SyntheticVariant.CRITEO_T15_SYNTHETIC.spec(1);
    private static final double ALPHA = 1.05;
    static final StepCosts COSTS = costs(PlacementConfig.DEFAULT);

    private static StepCosts costs(PlacementConfig placement) {
        ModelConfig model = new ModelFlags("128", List.of(512, 256, 128), List.of(1024, 1024, 512, 256, 1), 3, 512, false, Pooling.SUM).resolve(SPEC);
        TrainingConfig training = new TrainingConfig(TestModels.ADAM, Precision.FP16, BATCH, BATCH, 1, -1, 1, 100, 1, false, 8000, false,
                new LossScaling(LossScaling.REFERENCE_SCALE, false), placement);
        List<CategoricalColumn> columns = SPEC.categorical().stream()
                .map(feature -> new CategoricalColumn(feature.name(), feature.cardinality().orElseThrow(), DataType.INT32, 1)).toList();
        return StepCosts.of(model, training, new RawBatchLayout(BATCH, 13, DataType.FLOAT16, columns),
                (_, rows, ids) -> ExpectedRows.distinct(rows, ALPHA, ids), new CudaWorkingMemory(CudaOptions.ofGpu(0, null, _ -> { })));
    }

    @Test
    void sumsArithmetic() {
        assertThat(COSTS.operations()).isCloseTo(6.303e12, Percentage.withPercentage(.1));
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
        assertThat(costs.launches().stream().anyMatch(launch -> launch.name().startsWith("EmbeddingOperations.stageRows"))).isEqualTo(offloaded > 0);
        assertThat(costs.launches().stream().filter(launch -> launch.name().startsWith("EmbeddingOperations.groupIds")).mapToDouble(OperationCost::bytes).sum())
                .isCloseTo(26.0 * BATCH * 64, Percentage.withPercentage(1e-6));
        assertThat(costs.lines().get(costs.lines().size() - 2).contains("in host memory, over the bus")).isEqualTo(offloaded > 0);
    }

    @Test
    void namesTheLayers() {
        assertThat(COSTS.launches().stream().map(OperationCost::layer).distinct())
                .contains("gather", "bottom.0", "cross.2", "top.4", "top.3 backward", "embedding update");
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
