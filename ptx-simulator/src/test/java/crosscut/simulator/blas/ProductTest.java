package crosscut.simulator.blas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.driver.Findings;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Products against sums in double over the same values. */
class ProductTest {

    private static final int MASK_BITS = 128;

    /** Random column-major operands with gaps between columns, and what is expected of them. */
    private static final class Case {

        final BlasFixture blas;
        final int m;
        final int n;
        final int k;
        final boolean isTransposedA;
        final boolean isTransposedB;
        final float[] a;
        final float[] b;
        final float[] c;
        final float[] bias;
        final int gap;
        final int leadingA;
        final int leadingB;
        final int leadingC;

        Case(BlasFixture blas, int m, int n, int k, boolean isTransposedA, boolean isTransposedB, int gap, Random random) {
            this.blas = blas;
            this.m = m;
            this.n = n;
            this.k = k;
            this.isTransposedA = isTransposedA;
            this.isTransposedB = isTransposedB;
            this.gap = gap;
            leadingA = (isTransposedA ? k : m) + gap;
            leadingB = (isTransposedB ? n : k) + gap;
            leadingC = m + gap;
            a = random(random, leadingA * (isTransposedA ? m : k));
            b = random(random, leadingB * (isTransposedB ? k : n));
            c = random(random, leadingC * n);
            bias = random(random, m);
        }

        private static float[] random(Random random, int count) {
            float[] values = new float[count];
            for (int index = 0; index < count; index++) {
                values[index] = Float.float16ToFloat(Float.floatToFloat16(random.nextFloat() * 2 - 1));
            }
            return values;
        }

        double sum(int row, int column) {
            double sum = 0;
            for (int term = 0; term < k; term++) {
                sum += (double) opA(row, term) * opB(term, column);
            }
            return sum;
        }

        float opA(int row, int term) {
            return isTransposedA ? a[row * leadingA + term] : a[term * leadingA + row];
        }

        float opB(int term, int column) {
            return isTransposedB ? b[term * leadingB + column] : b[column * leadingB + term];
        }

        long descriptor(int computeType, int epilogue) {
            long product = blas.product(computeType);
            blas.setInt("MatmulDesc", product, BlasFixture.TRANSA, isTransposedA ? 1 : 0);
            blas.setInt("MatmulDesc", product, BlasFixture.TRANSB, isTransposedB ? 1 : 0);
            blas.setInt("MatmulDesc", product, BlasFixture.EPILOGUE, epilogue);
            return product;
        }

        int run(long product, int type, long addressA, long addressB, float beta, long addressC, long addressD) {
            long layoutA = blas.layout(type, isTransposedA ? k : m, isTransposedA ? m : k, leadingA);
            long layoutB = blas.layout(type, isTransposedB ? n : k, isTransposedB ? k : n, leadingB);
            long layoutC = blas.layout(type, m, n, leadingC);
            return blas.calls.status("cublasLtMatmul", blas.library, product, blas.calls.floats(0.5f), addressA, layoutA, addressB, layoutB,
                    blas.calls.floats(beta), addressC,
                    layoutC, addressD, layoutC, MemorySegment.NULL, 0L, 0L, 0L);
        }

        double tolerance() {
            return 1e-6 * (k + 2);
        }
    }

    @Property(tries = 30)
    void addsScaledProductAndScaledMatrix(@ForAll @IntRange(min = 1, max = 40) int m, @ForAll @IntRange(min = 1, max = 20) int n, @ForAll @IntRange(min = 1,
            max = 50) int k,
            @ForAll boolean isTransposedA, @ForAll boolean isTransposedB, @ForAll @IntRange(max = 3) int gap, @ForAll long seed) {
        try (BlasFixture blas = new BlasFixture()) {
            Case given = new Case(blas, m, n, k, isTransposedA, isTransposedB, gap, new Random(seed));
            long d = blas.driver.filled(4L * given.c.length);
            assertThat(given.run(given.descriptor(BlasFixture.COMPUTE_32F, 1), BlasFixture.FLOAT32, blas.upload(given.a), blas.upload(given.b), 2,
                    blas.upload(given.c), d))
                    .isZero();
            float[] result = blas.floats(d, given.c.length);
            for (int column = 0; column < n; column++) {
                for (int row = 0; row < given.leadingC; row++) {
                    int at = column * given.leadingC + row;
                    double expected = row < m ? 0.5 * given.sum(row, column) + 2 * given.c[at] : 0;
                    assertThat((double) result[at]).isCloseTo(expected, within(given.tolerance()));
                }
            }
        }
    }

    @Property(tries = 30)
    void reluKeepsItsMaskAndTheGradientUsesIt(@ForAll @IntRange(min = 1, max = 150) int m, @ForAll @IntRange(min = 1, max = 9) int n, @ForAll long seed) {
        try (BlasFixture blas = new BlasFixture()) {
            Case given = new Case(blas, m, n, 5, false, true, 0, new Random(seed));
            long bits = (m + MASK_BITS - 1) / MASK_BITS * MASK_BITS;
            long mask = blas.driver.filled(bits / 8 * n);
            long forward = given.descriptor(BlasFixture.COMPUTE_32F, 134);
            blas.setLong("MatmulDesc", forward, BlasFixture.BIAS_POINTER, blas.upload(given.bias));
            useMask(blas, forward, mask, bits);
            long a = blas.upload(given.a);
            long b = blas.upload(given.b);
            long d = blas.driver.filled(4L * m * n);
            assertThat(given.run(forward, BlasFixture.FLOAT32, a, b, 0, 0, d)).isZero();
            float[] active = blas.floats(d, m * n);
            for (int index = 0; index < m * n; index++) {
                double expected = Math.max(0, 0.5 * given.sum(index % m, index / m) + given.bias[index % m]);
                assertThat((double) active[index]).isCloseTo(expected, within(given.tolerance()));
            }
            long backward = given.descriptor(BlasFixture.COMPUTE_32F, 152);
            long biasGradient = blas.driver.filled(4L * m);
            blas.setLong("MatmulDesc", backward, BlasFixture.BIAS_POINTER, biasGradient);
            useMask(blas, backward, mask, bits);
            assertThat(given.run(backward, BlasFixture.FLOAT32, a, b, 0, 0, d)).isZero();
            checkGradient(given, active, blas.floats(d, m * n), blas.floats(biasGradient, m));
            assertThat(blas.driver.cuda.findings().all()).isEmpty();
        }
    }

    private static void checkGradient(Case given, float[] active, float[] gradient, float[] biasGradient) {
        for (int row = 0; row < given.m; row++) {
            double sum = 0;
            for (int column = 0; column < given.n; column++) {
                int at = column * given.m + row;
                double expected = active[at] > 0 ? 0.5 * given.sum(row, column) : 0;
                sum += expected;
                assertThat((double) gradient[at]).isCloseTo(expected, within(given.tolerance()));
            }
            assertThat((double) biasGradient[row]).isCloseTo(sum, within(given.tolerance() * given.n));
        }
    }

    private static void useMask(BlasFixture blas, long product, long mask, long bits) {
        assertThat(blas.setLong("MatmulDesc", product, BlasFixture.AUX_POINTER, mask)).isZero();
        assertThat(blas.setLong("MatmulDesc", product, BlasFixture.AUX_LD, bits)).isZero();
    }

    @Property(tries = 20)
    void biasGradientsOfOperandsSumOverK(@ForAll boolean ofA, @ForAll boolean isTransposedA, @ForAll boolean isTransposedB, @ForAll long seed) {
        try (BlasFixture blas = new BlasFixture()) {
            Case given = new Case(blas, 7, 6, 13, isTransposedA, isTransposedB, 1, new Random(seed));
            long product = given.descriptor(BlasFixture.COMPUTE_32F, ofA ? 256 : 512);
            int length = ofA ? given.m : given.n;
            long gradient = blas.driver.filled(4L * length);
            blas.setLong("MatmulDesc", product, BlasFixture.BIAS_POINTER, gradient);
            long d = blas.driver.filled(4L * given.c.length);
            assertThat(given.run(product, BlasFixture.FLOAT32, blas.upload(given.a), blas.upload(given.b), 0, 0, d)).isZero();
            float[] sums = blas.floats(gradient, length);
            for (int index = 0; index < length; index++) {
                double expected = 0;
                for (int term = 0; term < given.k; term++) {
                    expected += ofA ? given.opA(index, term) : given.opB(term, index);
                }
                assertThat((double) sums[index]).isCloseTo(expected, within(1e-5));
            }
        }
    }

    @Test
    void halfPrecisionResultsAreTheNearest() {
        for (int type : new int[] {BlasFixture.FLOAT16, BlasFixture.BFLOAT16}) {
            try (BlasFixture blas = new BlasFixture()) {
                ElementType element = ElementType.of(type).orElseThrow();
                Case given = new Case(blas, 3, 2, 4, false, false, 0, new Random(3));
                long d = blas.driver.filled(2L * 6);
                int status = given.run(given.descriptor(BlasFixture.COMPUTE_32F, 1), type, blas.upload(halves(element, given.a)), blas.upload(halves(element,
                        given.b)), 0, 0, d);
                assertThat(status).isZero();
                short[] result = blas.shorts(d, 6);
                for (int index = 0; index < 6; index++) {
                    float sum = 0;
                    for (int term = 0; term < 4; term++) {
                        sum = Math.fma(rounded(element, given.opA(index % 3, term)), rounded(element, given.opB(term, index / 3)), sum);
                    }
                    assertThat(result[index]).isEqualTo(element.fromFloat(0.5f * sum));
                }
            }
        }
    }

    private static short[] halves(ElementType element, float[] values) {
        short[] halves = new short[values.length];
        for (int index = 0; index < values.length; index++) {
            halves[index] = element.fromFloat(values[index]);
        }
        return halves;
    }

    private static float rounded(ElementType element, float value) {
        return element.toFloat(element.fromFloat(value));
    }

    @Test
    void tensorFloatsHaveTenBitsOfMantissa() {
        try (BlasFixture blas = new BlasFixture()) {
            Case given = new Case(blas, 1, 1, 1, false, false, 0, new Random(3));
            given.a[0] = 1 + 0x1p-10f + 0x1p-12f;
            given.b[0] = 1 + 0x1p-11f;
            long d = blas.driver.filled(4);
            assertThat(given.run(given.descriptor(BlasFixture.COMPUTE_TF32, 1), BlasFixture.FLOAT32, blas.upload(given.a), blas.upload(given.b), 0, 0,
                    d)).isZero();
            assertThat(blas.floats(d, 1)[0]).isEqualTo(0.5f * (1 + 0x1p-10f) * (1 + 0x1p-10f));
        }
    }

    @Test
    void aCapturedProductRunsWithTheGraph() {
        try (BlasFixture blas = new BlasFixture()) {
            long stream = blas.driver.stream();
            long a = blas.upload(3);
            long d = blas.driver.filled(4);
            long layout = blas.layout(BlasFixture.FLOAT32, 1, 1, 1);
            blas.driver.calls.succeed("cuStreamBeginCapture_v2", stream, 0);
            assertThat(blas.calls.status("cublasLtMatmul", blas.library, blas.product(BlasFixture.COMPUTE_32F), blas.calls.floats(1), a, layout, a, layout,
                    blas.calls.floats(0), d, layout, d, layout, MemorySegment.NULL, 0L, 0L, stream)).isZero();
            long graph = blas.driver.instantiated(stream);
            assertThat(blas.floats(d, 1)[0]).isZero();
            blas.driver.calls.succeed("cuGraphLaunch", graph, stream);
            blas.driver.calls.succeed("cuStreamSynchronize", stream);
            assertThat(blas.floats(d, 1)[0]).isEqualTo(9);
        }
    }

    @Test
    void operandsThatNothingHasWrittenAreReported() {
        try (BlasFixture blas = new BlasFixture()) {
            Case given = new Case(blas, 2, 2, 2, false, false, 0, new Random(1));
            given.run(given.descriptor(BlasFixture.COMPUTE_32F, 1), BlasFixture.FLOAT32, blas.driver.allocate(16), blas.upload(given.b), 0, 0,
                    blas.driver.allocate(16));
            assertThat(Findings.of(blas.driver.cuda, FindingKind.UNINITIALISED)).hasSize(1);
        }
    }

    @Test
    void aResultThatIsTooLongFaultsLikeAKernel() {
        try (BlasFixture blas = new BlasFixture()) {
            Case given = new Case(blas, 2, 2, 2, false, false, 0, new Random(1));
            assertThat(given.run(given.descriptor(BlasFixture.COMPUTE_32F, 1), BlasFixture.FLOAT32, blas.upload(given.a), blas.upload(given.b), 0, 0,
                    blas.driver.allocate(12)))
                    .isZero();
            assertThat(blas.driver.calls.status("cuCtxSynchronize")).isEqualTo(700);
        }
    }
}
