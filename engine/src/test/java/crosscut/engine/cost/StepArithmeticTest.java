package crosscut.engine.cost;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.TestModels;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TableConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.CpuWorkingMemory;
import crosscut.kernels.device.DataType;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Offset;

/** Models of any shape: the counted arithmetic is what the formulas of a DCNv2 give, and every launch moves something. */
class StepArithmeticTest {

    private static final int BATCH = 12;

    @Property(tries = 60)
    void isThreeTimesTheForwardPassLessWhatNobodyNeeds(
            @ForAll @IntRange(max = 9) int numerical, @ForAll @Size(max = 4) List<@IntRange(min = 1, max = 40) Integer> dimensions,
            @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 30) Integer> hidden, @ForAll @IntRange(max = 3) int crossLayers,
            @ForAll @IntRange(max = 20) int projection, @ForAll boolean concat, @ForAll @IntRange(min = 1, max = 3) int hotness, @ForAll boolean adam) {
        if (numerical == 0 && dimensions.isEmpty()) {
            return;
        }
        List<TableConfig> tables = IntStream.range(0, dimensions.size())
                .mapToObj(table -> new TableConfig("t" + table, 100 + table, dimensions.get(table), hotness, Pooling.SUM)).toList();
        List<Integer> top = IntStream.concat(hidden.stream().mapToInt(width -> width), IntStream.of(1)).boxed().toList();
        ModelConfig model = new ModelConfig(numerical, tables, hidden, crossLayers, projection, top, concat);
        StepCosts costs = StepCosts.of(model, training(adam), layout(model), DistinctRows.MOST, new CpuWorkingMemory(1));
        assertThat(costs.operations()).isCloseTo(expected(model), Offset.offset(1e-6));
        assertThat(costs.launches()).allSatisfy(launch -> assertThat(launch.bytes()).as(launch.name()).isPositive());
    }

    private static double expected(ModelConfig model) {
        double bottom = model.numericalFeatures() == 0 ? 0 : products(model.bottomInputWidth(), model.bottomMlp());
        double width = model.interactionWidth();
        double cross = model.crossLayers() * (model.projection() == 0 ? width * width : 2 * width * model.projection());
        double top = products(model.topInputWidth(), model.topMlp());
        double first = model.numericalFeatures() == 0 ? 0 : (double) model.bottomInputWidth() * model.bottomMlp().getFirst();
        return 2.0 * BATCH * (3 * (bottom + cross + top) - first);
    }

    private static double products(int input, List<Integer> widths) {
        double sum = 0;
        int in = input;
        for (int out : widths) {
            sum += (double) in * out;
            in = out;
        }
        return sum;
    }

    private static TrainingConfig training(boolean adam) {
        OptimizerConfig optimizer = adam ? TestModels.ADAM
                : new OptimizerConfig(UpdateRule.Kind.SGD, 0.01, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 0, 1_000_000, 1);
        return new TrainingConfig(optimizer, Precision.BF16, BATCH, BATCH, 1, 1, 1, 10, 1, false, 8000, false, LossScaling.NONE, PlacementConfig.DEFAULT);
    }

    private static RawBatchLayout layout(ModelConfig model) {
        List<CategoricalColumn> columns = model.tables().stream()
                .map(table -> new CategoricalColumn(table.name(), table.cardinality(), DataType.INT16, table.hotness())).toList();
        return new RawBatchLayout(BATCH, model.numericalFeatures(), DataType.FLOAT32, columns);
    }
}
