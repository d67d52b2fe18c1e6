package crosscut.kernels.optimizer;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.Conformance;
import crosscut.kernels.device.cuda.CudaFixture;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import static org.assertj.core.api.Assertions.assertThat;

/** Same bits as the CPU, but for the gradient norm, which is summed in another order. */
final class OptimizerConformanceTest {

    private static final UpdateRule ADAM = new UpdateRule(UpdateRule.Kind.ADAM, 0.9, 0.999, 1e-7);
    private static final UpdateRule SGD = new UpdateRule(UpdateRule.Kind.SGD, 0, 0, 0);

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
    void updates(@ForAll @IntRange(min = 0, max = 3000) int count, @ForAll boolean isAdam, @ForAll Random random) {
        UpdateRule rule = isAdam ? ADAM : SGD;
        for (DataType copyType : Arrays.asList(null, DataType.BFLOAT16, DataType.FLOAT16)) {
            Tensor weights = Conformance.view(fixture, DataType.FLOAT32, 1, count, random);
            Tensor gradients = Conformance.view(fixture, DataType.FLOAT32, 1, count, random);
            Tensor m = Conformance.view(fixture, DataType.FLOAT32, 1, count, random);
            Tensor v = Conformance.unwrittenView(fixture, DataType.FLOAT32, 1, count, random);
            if (count > 0) {
                fixture.fill(v, (row, column) -> Math.abs(Conformance.value(random)));
            }
            Tensor copy = copyType == null ? null : Conformance.unwrittenView(fixture, copyType, 1, count, random);
            Tensor step = fixture.row(DataType.FLOAT32, 0.25, 0.3, random.nextInt(5) == 0 ? 1 : 0);
            List<Tensor> written = isAdam ? List.of(weights, m, v) : List.of(weights);
            List<Tensor> expected = written.stream().map(fixture::onCpu).toList();
            Tensor oldCopy = copy == null ? null : fixture.onCpu(copy);
            byte[] copyBefore = copy == null ? null : fixture.bytes(copy);
            List<byte[]> before = written.stream().map(fixture::bytes).toList();
            fixture.cpu().device().optimizer().update(rule, expected.getFirst(), fixture.onCpu(gradients), isAdam ? expected.get(1) : null,
                    isAdam ? expected.get(2) : null, null, fixture.onCpu(step)).launch(null);
            fixture.run(fixture.device().optimizer().update(rule, weights, gradients, isAdam ? m : null, isAdam ? v : null, copy, step));
            for (int index = 0; index < written.size(); index++) {
                Conformance.assertSameBits(fixture, written.get(index), expected.get(index));
                Conformance.assertSurroundingsUntouched(fixture, written.get(index), before.get(index));
            }
            if (copy != null) {
                boolean skipped = fixture.get(step, 0, UpdateRule.SKIP) != 0;
                Conformance.assertSameBits(fixture, copy, skipped ? oldCopy : expected.getFirst());
                Conformance.assertSurroundingsUntouched(fixture, copy, copyBefore);
            }
        }
    }

    @Property(tries = 40)
    void casts(@ForAll @IntRange(min = 0, max = 5) int rows, @ForAll @IntRange(min = 1, max = 600) int columns, @ForAll Random random) {
        for (DataType from : Conformance.TYPES) {
            for (DataType to : Conformance.TYPES) {
                Tensor source = Conformance.view(fixture, from, rows, columns, random);
                Tensor target = Conformance.unwrittenView(fixture, to, rows, columns, random);
                byte[] before = fixture.bytes(target);
                fixture.run(fixture.device().optimizer().cast(source, target));
                Conformance.assertSameBits(fixture, target, fixture.onCpu(source));
                Conformance.assertSurroundingsUntouched(fixture, target, before);
            }
        }
    }

    @Property(tries = 40)
    void oneBadValueAnywhereIsFound(
            @ForAll @IntRange(min = 0, max = 5) int rows, @ForAll @IntRange(min = 1, max = 900) int columns, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            Tensor dense = fixture.random(DataType.FLOAT32, 1, 100, 0, 1e30, random);
            Tensor wide = Conformance.unwrittenView(fixture, type, rows, columns, random);
            if (rows > 0) {
                fixture.fill(wide, (row, column) -> random.nextInt(50) == 0 ? largest(type) : random.nextDouble());
            }
            Tensor state = fixture.row(DataType.FLOAT32, 8, 0, 3, 4);
            var check = fixture.device().optimizer().checkFinite(List.of(dense, wide), state);
            fixture.run(check);
            assertThat(fixture.values(state)).isDeepEqualTo(new double[][] {{8, 0, 3, 4}});
            Tensor one = rows > 0 ? wide.rowRange(random.nextInt(rows), 1).columnRange(random.nextInt(columns), 1) : dense.columnRange(99, 1);
            double[] bad = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
            fixture.fill(one, (row, column) -> bad[random.nextInt(bad.length)]);
            fixture.run(check);
            assertThat(fixture.values(state)).isDeepEqualTo(new double[][] {{8, 1, 3, 4}});
            // Many threads that find one at the same time must not race.
            fixture.fill(wide, (row, column) -> bad[random.nextInt(bad.length)]);
            fixture.run(check);
            assertThat(fixture.values(state)).isDeepEqualTo(new double[][] {{8, 1, 3, 4}});
        }
    }

    private static double largest(DataType type) {
        return type == DataType.FLOAT16 ? 65504 : 3.38e38;
    }

    @Property(tries = 20)
    void theLossScaleMovesAsOnTheCpu(@ForAll @IntRange(min = 0, max = 4) int goodSteps, @ForAll Random random) {
        LossScale rule = new LossScale(goodSteps);
        Tensor state = fixture.row(DataType.FLOAT32, random.nextBoolean() ? 1 << random.nextInt(10) : 0x1p126, 0, 0, 0);
        Tensor step = fixture.row(DataType.FLOAT32, 0.5, 1, 0);
        Tensor expectedState = fixture.onCpu(state);
        Tensor expectedStep = fixture.onCpu(step);
        var adjust = fixture.device().optimizer().adjustLossScale(rule, state, step);
        var expected = fixture.cpu().device().optimizer().adjustLossScale(rule, expectedState, expectedStep);
        for (int round = 0; round < 12; round++) {
            double overflow = random.nextInt(4) == 0 ? 1 : 0;
            fixture.fill(state.columnRange(LossScale.OVERFLOW, 1), (row, column) -> overflow);
            CpuFixture.set(expectedState, 0, LossScale.OVERFLOW, overflow);
            fixture.run(adjust);
            expected.launch(null);
            Conformance.assertSameBits(fixture, state, expectedState);
            Conformance.assertSameBits(fixture, step, expectedStep);
        }
    }

    @Property(tries = 20)
    void gradientNorm(@ForAll @IntRange(min = 0, max = 70_000) int count, @ForAll Random random) {
        Tensor gradients = fixture.random(DataType.FLOAT32, 1, count, 0, 1e18, random);
        Tensor step = fixture.row(DataType.FLOAT32, 1, 0.125, 0);
        Tensor norm = fixture.zeros(DataType.FLOAT32, 1, 1);
        Tensor expected = fixture.cpu().zeros(DataType.FLOAT32, 1, 1);
        var operation = fixture.device().optimizer().gradientNorm(gradients, step, norm);
        fixture.run(operation);
        fixture.cpu().device().optimizer().gradientNorm(fixture.onCpu(gradients), fixture.onCpu(step), expected).launch(null);
        assertThat(new Tolerance(DataType.FLOAT32, 1).accepts(fixture.get(norm, 0, 0), CpuFixture.get(expected, 0, 0), 0)).isTrue();
        byte[] first = fixture.bytes(norm);
        fixture.run(operation);
        assertThat(fixture.bytes(norm)).isEqualTo(first);
    }

    @Example
    void sameNormInEveryOrderOfLanes() {
        CudaFixture.assertSameBits(other -> {
            Tensor gradients = other.random(DataType.FLOAT32, 1, 50_000, 0, 1, new Random(4));
            Tensor norm = other.zeros(DataType.FLOAT32, 1, 1);
            other.run(other.device().optimizer().gradientNorm(gradients, other.row(DataType.FLOAT32, 1, 1, 0), norm));
            return other.bytes(norm);
        });
    }

    @Example
    void aStepThatOverflowsChangesNothingAndTheNextOneDoes() {
        Tensor weights = fixture.row(DataType.FLOAT32, IntStream.range(0, 9).asDoubleStream().toArray());
        Tensor gradients = fixture.row(DataType.FLOAT32, 1, 2, 3, 4, Double.NaN, 6, 7, 8, 9);
        Tensor state = fixture.row(DataType.FLOAT32, 4, 0, 0, 0);
        Tensor step = fixture.row(DataType.FLOAT32, 1, 1, 0);
        OptimizerOperations optimizer = fixture.device().optimizer();
        var check = optimizer.checkFinite(List.of(gradients), state);
        var adjust = optimizer.adjustLossScale(LossScale.dynamic(), state, step);
        var update = optimizer.update(SGD, weights, gradients, null, null, null, step);
        fixture.run(check, adjust, update);
        assertThat(fixture.values(weights)[0]).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
        fixture.fill(gradients, (row, column) -> 2);
        fixture.run(check, adjust, update);
        assertThat(fixture.values(weights)[0]).containsExactly(-1, 0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(fixture.values(state)[0]).containsExactly(2, 0, 1, 1);
    }
}
