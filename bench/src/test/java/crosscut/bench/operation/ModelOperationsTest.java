package crosscut.bench.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import crosscut.bench.ModelSize;
import crosscut.bench.StepShape;
import crosscut.engine.config.Precision;
import crosscut.kernels.Tolerance;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.gemm.MatrixLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream.Builder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The variants of the benchmark compute the same thing, op by op. */
class ModelOperationsTest {

    private static final int BATCH = 96;

    /** Terms of the longest sum on the way to any value: the input of the top MLP, through all layers. */
    private static final int LENGTH = 448 * 8;

    private static StepShape shape(Precision precision) {
        return StepShape.of(ModelSize.SMALL, BATCH, precision);
    }

    @Test
    void everyOpOfTheCpuIsThere() {
        List<ModelOperation> operations = ModelOperations.described(shape(Precision.BF16));
        assertThat(operations.stream().map(operation -> operation.call().qualifiedName()).collect(Collectors.toSet())).containsExactlyInAnyOrder(
                "Decoder.decode", "EmbeddingOperations.gather", "EmbeddingOperations.groupIds", "EmbeddingOperations.update", "MatrixProducts.forward",
                "MatrixProducts.inputGradient", "MatrixProducts.weightGradient", "CrossOperations.forward", "CrossOperations.productGradient",
                "CrossOperations.inputGradient", "CrossOperations.copy", "LossOperations.lastLayer", "OptimizerOperations.update",
                "OptimizerOperations.cast", "OptimizerOperations.gradientNorm", "OptimizerOperations.checkFinite", "OptimizerOperations.adjustLossScale",
                "MetricOperations.countScores");
        assertThat(operations).filteredOn(operation -> operation.launches() > 1).isNotEmpty();
        assertThat(operations).allSatisfy(operation -> assertThat(operation.cost().bytes()).isPositive());
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"FP32", "BF16"})
    void theDescribedOpsAreThoseThatRun(Precision precision) {
        try (ModelOperations running = ModelOperations.onProcessor(shape(precision), MatrixLibrary.AUTO, 2)) {
            List<ModelOperation> described = ModelOperations.described(shape(precision));
            assertThat(described).extracting(ModelOperation::name, operation -> operation.cost().layer(), ModelOperation::launches,
                    operation -> operation.cost().operations(), operation -> operation.cost().bytes()).containsExactlyElementsOf(running.all().stream()
                    .map(operation -> tuple(operation.name(), operation.cost().layer(), operation.launches(), operation.cost().operations(),
                            operation.cost().bytes() - widerBias(operation))).toList());
        }
    }

    /** A described device reads biases in the type of the weights, as GPUs do; the processor reads them in fp32. */
    private static long widerBias(ModelOperation operation) {
        boolean hasBias = operation.call().qualifiedName().equals("MatrixProducts.forward") && operation.call().arguments().get(2) != null;
        if (!hasBias) {
            return 0;
        }
        Tensor weights = operation.call().argument(1, Tensor.class);
        return (long) weights.columns() * (Float.BYTES - weights.type().byteSize());
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"FP32", "BF16"})
    void threadsDoNotChangeABit(Precision precision) {
        compare(precision, MatrixLibrary.AUTO, (expected, actual, name) -> assertThat(actual.mismatch(expected)).as(name).isEqualTo(-1));
    }

    @Test
    void librariesAgree() {
        Tolerance law = new Tolerance(DataType.FLOAT32, LENGTH);
        compare(Precision.FP32, MatrixLibrary.JAVA, (expected, actual, name) -> {
            double[] reference = floats(expected);
            double[] values = floats(actual);
            double magnitude = IntStream.range(0, reference.length).mapToDouble(i -> Math.abs(reference[i])).max().orElse(0);
            for (int i = 0; i < reference.length; i++) {
                assertThat(law.accepts(values[i], reference[i], magnitude)).as("%s, element %s: %s, expected %s", name, i, values[i], reference[i]).isTrue();
            }
        });
    }

    @Test
    void anUnknownNameIsRefusedWithThoseThatThereAre() {
        try (ModelOperations operations = ModelOperations.onProcessor(shape(Precision.FP32), MatrixLibrary.JAVA, 1)) {
            assertThatThrownBy(() -> operations.named("gather")).hasMessageContaining("no op is called gather")
                    .hasMessageContaining("EmbeddingOperations.gather ");
        }
    }

    private interface Comparison {

        void check(MemorySegment expected, MemorySegment actual, String name);
    }

    /** One thread and oneDNN against three threads and {@code library}: the same ops launched in the same order. */
    private static void compare(Precision precision, MatrixLibrary library, Comparison comparison) {
        try (ModelOperations one = ModelOperations.onProcessor(shape(precision), MatrixLibrary.AUTO, 1);
                ModelOperations other = ModelOperations.onProcessor(shape(precision), library, 3);
                Stream stream = one.createStream()) {
            List<ModelOperation> expected = one.all();
            List<ModelOperation> actual = other.all();
            assertThat(actual).extracting(ModelOperation::name).isEqualTo(expected.stream().map(ModelOperation::name).toList());
            for (int i = 0; i < expected.size(); i++) {
                expected.get(i).operation().launch(stream);
                actual.get(i).operation().launch(stream);
                List<MemorySegment> results = memory(expected.get(i), library);
                List<MemorySegment> others = memory(actual.get(i), library);
                for (int part = 0; part < results.size(); part++) {
                    comparison.check(results.get(part), others.get(part), expected.get(i).name() + ", argument " + part);
                }
            }
        }
    }

    /** Whatever the op may have written: its tensors and tables; where libraries differ the fp32 tensors alone. */
    private static List<MemorySegment> memory(ModelOperation operation, MatrixLibrary library) {
        Builder<MemorySegment> segments = java.util.stream.Stream.builder();
        operation.call().allTensors().stream().filter(tensor -> library == MatrixLibrary.AUTO || tensor.type() == DataType.FLOAT32).filter(Tensor::isDense)
                .forEach(tensor -> segments.add(tensor.hostSegment().asSlice(tensor.byteOffset(), tensor.elements() * tensor.type().byteSize())));
        operation.call().arguments().stream().filter(TableSet.class::isInstance).forEach(tables -> segments.add(((TableSet) tables).weights().hostSegment()));
        return segments.build().toList();
    }

    private static double[] floats(MemorySegment segment) {
        double[] values = new double[(int) (segment.byteSize() / Float.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        return values;
    }
}
