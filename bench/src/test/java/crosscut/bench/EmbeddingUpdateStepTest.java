package crosscut.bench;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.kernels.gemm.MatrixLibrary;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The variants of the benchmark, which are numbers of threads, leave the same rows behind. */
class EmbeddingUpdateStepTest {

    private static final int STEPS = 3;

    /** Tables of a few rows, whose runs of equal ids cross many chunks, and one in which most ids occur once; outputs are the first and the last row of each. */
    private static final List<Long> ROWS = List.of(1L, 2L, 3L, 4L, 7L, 30L, 700L, 20_000L);

    /** Below and above the length from which ids are sorted by longer digits. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3000, 6000})
    void threadsDoNotChangeABit(int batch) {
        float[] expected = outputs(batch, 1, STEPS);
        assertThat(expected).isNotEqualTo(outputs(batch, 1, STEPS - 1));
        for (int threads : new int[] {2, 3, 8}) {
            assertThat(outputs(batch, threads, STEPS)).as("%s threads", threads).isEqualTo(expected);
        }
    }

    private static float[] outputs(int batch, int threads, int steps) {
        EmbeddingWorkload workload = new EmbeddingWorkload(ROWS, 16, batch);
        try (EmbeddingUpdateStep step = new EmbeddingUpdateStep(workload, Processor.open(threads, MatrixLibrary.JAVA))) {
            for (int i = 0; i < steps; i++) {
                step.run();
            }
            return step.outputs();
        }
    }
}
