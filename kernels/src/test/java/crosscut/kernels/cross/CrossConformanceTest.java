package crosscut.kernels.cross;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.Conformance;
import crosscut.kernels.device.cuda.CudaFixture;
import crosscut.kernels.optimizer.LossScale;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import static org.assertj.core.api.Assertions.assertThat;

/** Same bits as the CPU, for any shape, alignment, type and value. */
final class CrossConformanceTest {

    private static CudaFixture fixture;

    @BeforeContainer
    static void open() {
        fixture = CudaFixture.open();
    }

    @AfterContainer
    static void close() {
        fixture.close();
    }

    @Property(tries = 60)
    void forwardAndProductGradient(@ForAll @IntRange(min = 0, max = 7) int rows, @ForAll @IntRange(min = 1, max = 1024) int columns, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            Tensor x0 = Conformance.view(fixture, type, rows, columns, random);
            Tensor h = Conformance.view(fixture, type, rows, columns, random);
            Tensor x = Conformance.view(fixture, type, rows, columns, random);
            Tensor next = Conformance.unwrittenView(fixture, type, rows, columns, random);
            Tensor s = Conformance.unwrittenView(fixture, type, rows, columns, random);
            Tensor expectedNext = fixture.onCpu(next);
            Tensor expectedS = fixture.onCpu(s);
            cpu().forward(fixture.onCpu(x0), fixture.onCpu(h), fixture.onCpu(x), expectedNext).launch(null);
            cpu().productGradient(fixture.onCpu(x), fixture.onCpu(x0), expectedS).launch(null);
            assertWrites(gpu().forward(x0, h, x, next), next, expectedNext);
            assertWrites(gpu().productGradient(x, x0, s), s, expectedS);
            // In inference every layer writes over its input.
            assertWrites(gpu().forward(x0, h, x, x), x, expectedNext);
        }
    }

    @Property(tries = 60)
    void inputGradient(
            @ForAll @IntRange(min = 0, max = 6) int layers, @ForAll @IntRange(min = 0, max = 5) int rows, @ForAll @IntRange(min = 1, max = 700) int columns,
            @ForAll boolean isAligned, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            IntFunction<Tensor> views = width -> isAligned ? Conformance.alignedView(fixture, type, rows, width, random)
                    : Conformance.view(fixture, type, rows, width, random);
            List<Tensor> gradients = IntStream.rangeClosed(0, layers).mapToObj(layer -> views.apply(columns)).toList();
            List<Tensor> h = IntStream.range(0, layers).mapToObj(layer -> views.apply(columns)).toList();
            int bottomWidth = random.nextBoolean() ? random.nextInt(columns + 1) : columns / 16 * 8;
            Tensor bottom = bottomWidth > 0 && random.nextBoolean() ? views.apply(bottomWidth) : null;
            Tensor x0 = views.apply(columns);
            Tensor target = isAligned ? views.apply(columns) : Conformance.unwrittenView(fixture, type, rows, columns, random);
            Tensor dx0 = random.nextBoolean() ? gradients.getFirst() : target;
            Tensor expected = fixture.onCpu(dx0);
            cpu().inputGradient(gradients.stream().map(fixture::onCpu).toList(), h.stream().map(fixture::onCpu).toList(),
                    bottom == null ? null : fixture.onCpu(bottom), fixture.onCpu(x0), bottomWidth, expected, null).launch(null);
            assertWrites(gpu().inputGradient(gradients, h, bottom, x0, bottomWidth, dx0, null), dx0, expected);
        }
    }

    /** 300 * 300 is too much for fp16 alone; a mark that is there stays. */
    @Property(tries = 40)
    void inputGradientMarksOverflows(
            @ForAll @IntRange(min = 1, max = 5) int layers, @ForAll @IntRange(min = 1, max = 4) int rows, @ForAll @IntRange(min = 1, max = 300) int columns,
            @ForAll boolean wasMarked, @ForAll Random random) {
        int plantedRow = random.nextInt(rows);
        int plantedColumn = random.nextInt(columns);
        double planted = List.of(1.0, 300.0, -300.0, Double.NaN, Double.POSITIVE_INFINITY).get(random.nextInt(5));
        for (DataType type : Conformance.TYPES) {
            List<Tensor> gradients = IntStream.rangeClosed(0, layers).mapToObj(_ -> fixture.zeros(type, rows, columns)).toList();
            List<Tensor> h = IntStream.range(0, layers).mapToObj(_ -> fixture.zeros(type, rows, columns)).toList();
            fixture.fill(gradients.getLast(), (row, column) -> row == plantedRow && column == plantedColumn ? planted : 1);
            fixture.fill(h.getLast(), (_, _) -> 300);
            Tensor x0 = fixture.zeros(type, rows, columns);
            fixture.fill(x0, (_, _) -> 1);
            Tensor state = fixture.zeros(DataType.FLOAT32, 1, LossScale.STATE_VALUES);
            fixture.fill(state, (_, column) -> column == LossScale.OVERFLOW ? (wasMarked ? 1 : 0) : 7);
            Tensor dx0 = fixture.zeros(type, rows, columns);
            fixture.run(gpu().inputGradient(gradients, h, null, x0, random.nextInt(columns + 1), dx0, state));
            boolean overflowed = Arrays.stream(fixture.values(dx0)).flatMapToDouble(Arrays::stream).anyMatch(value -> !Double.isFinite(value));
            assertThat(overflowed).isEqualTo(!Double.isFinite(planted) || type == DataType.FLOAT16 && Math.abs(planted) == 300);
            assertThat(fixture.values(state)[0]).containsExactly(7, overflowed || wasMarked ? 1 : 0, 7, 7);
        }
    }

    @Property(tries = 40)
    void copy(@ForAll @IntRange(min = 0, max = 5) int rows, @ForAll @IntRange(min = 1, max = 300) int columns, @ForAll Random random) {
        for (DataType type : DataType.values()) {
            Tensor source = Conformance.unwrittenView(fixture, type, rows, columns, random);
            Tensor target = Conformance.unwrittenView(fixture, type, rows, columns, random);
            if (source.elements() > 0) {
                fixture.fill(source, (row, column) -> random.nextInt(100));
            }
            byte[] before = fixture.bytes(target);
            fixture.run(gpu().copy(source, target));
            assertThat(fixture.values(target)).isDeepEqualTo(fixture.values(source));
            Conformance.assertSurroundingsUntouched(fixture, target, before);
        }
    }

    @Property(tries = 40)
    void sum(
            @ForAll @IntRange(min = 1, max = 5) int terms, @ForAll @IntRange(min = 0, max = 5) int rows, @ForAll @IntRange(min = 1, max = 300) int columns,
            @ForAll boolean isAligned, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            List<Tensor> parts = IntStream.range(0, terms).mapToObj(_ -> isAligned ? Conformance.alignedView(fixture, type, rows, columns, random)
                    : Conformance.view(fixture, type, rows, columns, random)).toList();
            Tensor target = isAligned ? Conformance.alignedView(fixture, type, rows, columns, random)
                    : Conformance.unwrittenView(fixture, type, rows, columns, random);
            Tensor expected = fixture.onCpu(target);
            cpu().sum(parts.stream().map(fixture::onCpu).toList(), expected).launch(null);
            assertWrites(gpu().sum(parts, target), target, expected);
            // The first term may be the target.
            assertWrites(gpu().sum(parts, parts.getFirst()), parts.getFirst(), expected);
        }
    }

    private static void assertWrites(Operation operation, Tensor target, Tensor expected) {
        byte[] before = fixture.bytes(target);
        fixture.run(operation);
        Conformance.assertSameBits(fixture, target, expected);
        Conformance.assertSurroundingsUntouched(fixture, target, before);
    }

    private static CrossOperations gpu() {
        return fixture.device().cross();
    }

    private static CrossOperations cpu() {
        return fixture.cpu().device().cross();
    }
}
