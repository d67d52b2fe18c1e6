package crosscut.simulator.blas;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.driver.Findings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What heuristics offer, and what the algorithms need. */
class AlgorithmTest {

    private static final int SIDE = 64;
    private static final int MAX_WORKSPACE = 1;
    private static final int REDUCTION_MASK = 3;
    private static final int ALIGNMENT_A = 5;
    private static final int RESULT_BYTES = 96;
    private static final int REDUCTION_SCHEME = 3;

    private static int[] offered(BlasFixture blas, long side, long workspace, int reductionMask, int alignment) {
        long preference = blas.calls.make("cublasLtMatmulPreferenceCreate");
        blas.setLong("MatmulPreference", preference, MAX_WORKSPACE, workspace);
        blas.setInt("MatmulPreference", preference, REDUCTION_MASK, reductionMask);
        blas.setInt("MatmulPreference", preference, ALIGNMENT_A, alignment);
        long layout = blas.layout(BlasFixture.FLOAT32, side, side, side);
        MemorySegment results = blas.calls.bytes(8L * RESULT_BYTES);
        MemorySegment count = blas.calls.cell();
        blas.calls.succeed("cublasLtMatmulAlgoGetHeuristic", blas.library, blas.product(BlasFixture.COMPUTE_32F), layout, layout, layout, layout, preference,
                8, results, count);
        int[] reductions = new int[count.get(ValueLayout.JAVA_INT, 0)];
        for (int index = 0; index < reductions.length; index++) {
            MemorySegment value = blas.calls.cell();
            blas.calls.succeed("cublasLtMatmulAlgoConfigGetAttribute", results.asSlice((long) index * RESULT_BYTES, 64), REDUCTION_SCHEME, value, 4L,
                    blas.calls.cell());
            reductions[index] = value.get(ValueLayout.JAVA_INT, 0);
        }
        return reductions;
    }

    @Test
    void heuristicsFollowThePreference() {
        try (BlasFixture blas = new BlasFixture()) {
            assertThat(offered(blas, SIDE, 1 << 20, 7, 256)).containsExactly(1, 2, 0);
            assertThat(offered(blas, SIDE, 1 << 20, 6, 256)).containsExactly(2, 0);
            assertThat(offered(blas, SIDE, 0, 7, 256)).containsExactly(0);
            assertThat(offered(blas, SIDE, 1 << 20, 7, 4)).containsExactly(0);
            assertThat(offered(blas, SIDE + 1, 1 << 20, 7, 256)).containsExactly(0);
        }
    }

    /** A square product with an algorithm, and its result. */
    private static int multiply(BlasFixture blas, int id, long a, long d, long workspace, long workspaceBytes, long stream) {
        MemorySegment algorithm = blas.calls.bytes(64);
        blas.calls.succeed("cublasLtMatmulAlgoInit", blas.library, BlasFixture.COMPUTE_32F, 0, 0, 0, 0, 0, id, algorithm);
        long layout = blas.layout(BlasFixture.FLOAT32, SIDE, SIDE, SIDE);
        return blas.calls.status("cublasLtMatmul", blas.library, blas.product(BlasFixture.COMPUTE_32F), blas.calls.floats(1), a, layout, a, layout,
                blas.calls.floats(0), d,
                layout, d, layout, algorithm, workspace, workspaceBytes, stream);
    }

    private static long random(BlasFixture blas) {
        float[] values = new float[SIDE * SIDE];
        Random random = new Random(1);
        for (int index = 0; index < values.length; index++) {
            values[index] = random.nextFloat() - 0.5f;
        }
        return blas.upload(values);
    }

    @Test
    void onlyTheInPlaceAlgorithmGivesOtherBitsEveryTime() {
        try (BlasFixture blas = new BlasFixture()) {
            long a = random(blas);
            long d = blas.driver.filled(4L * SIDE * SIDE);
            long workspace = blas.driver.allocate(1 << 20);
            for (int id = 1; id <= 3; id++) {
                Set<Integer> results = new HashSet<>();
                for (int run = 0; run < 8; run++) {
                    assertThat(multiply(blas, id, a, d, workspace, 1 << 20, 0)).isZero();
                    results.add(Arrays.hashCode(blas.floats(d, SIDE * SIDE)));
                }
                assertThat(results.size() > 1).as("algorithm " + id).isEqualTo(id == 3);
            }
        }
    }

    @Test
    void theWorkspaceMustBeLargeAndAligned() {
        try (BlasFixture blas = new BlasFixture()) {
            long a = random(blas);
            long d = blas.driver.filled(4L * SIDE * SIDE);
            long workspace = blas.driver.allocate(1 << 20);
            assertThat(multiply(blas, 2, a, d, workspace, 100, 0)).isEqualTo(7);
            assertThat(multiply(blas, 2, a, d, workspace + 16, 1 << 19, 0)).isEqualTo(7);
            assertThat(multiply(blas, 2, a + 4, d, workspace, 1 << 19, 0)).isEqualTo(7);
            assertThat(multiply(blas, 2, a, d, 0, 0, 0)).isEqualTo(7);
            assertThat(multiply(blas, 1, a, d, 0, 0, 0)).isZero();
        }
    }

    @Test
    void aWorkspaceOfTwoStreamsIsReported() {
        try (BlasFixture blas = new BlasFixture()) {
            long a = random(blas);
            long workspace = blas.driver.allocate(1 << 20);
            multiply(blas, 2, a, blas.driver.allocate(4L * SIDE * SIDE), workspace, 1 << 20, blas.driver.stream());
            multiply(blas, 2, a, blas.driver.allocate(4L * SIDE * SIDE), workspace, 1 << 20, blas.driver.stream());
            assertThat(Findings.of(blas.driver.cuda,
                    FindingKind.MISSING_WAIT)).singleElement().asString().contains("cublasLtMatmul 64 x 64 x 64 DEFAULT in stream 2 writes");
        }
    }
}
