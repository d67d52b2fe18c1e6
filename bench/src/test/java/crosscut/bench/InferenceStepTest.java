package crosscut.bench;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.config.Precision;
import crosscut.kernels.Tolerance;
import crosscut.kernels.device.DataType;
import crosscut.kernels.gemm.MatrixLibrary;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The variants of the benchmark give the same logits. */
class InferenceStepTest {

    private static final int BATCH = 96;

    /** Terms of the longest sum on the way to a logit: the input of the top MLP, through all layers. */
    private static final int LENGTH = 448 * 8;

    /** Layers that round what they write: sums within them are fp32. */
    private static final int LAYERS = 8;

    @Test
    void librariesAndPrecisionsAgree() {
        double[] reference = logits(Precision.FP32, MatrixLibrary.JAVA, 2, BATCH);
        assertAgree(reference, logits(Precision.FP32, MatrixLibrary.AUTO, 2, BATCH), DataType.FLOAT32);
        assertAgree(reference, logits(Precision.BF16, MatrixLibrary.JAVA, 2, BATCH), DataType.BFLOAT16);
        assertAgree(reference, logits(Precision.BF16, MatrixLibrary.AUTO, 2, BATCH), DataType.BFLOAT16);
    }

    @Test
    void threadsDoNotChangeABit() {
        assertThat(logits(Precision.FP32, MatrixLibrary.AUTO, 3, BATCH)).isEqualTo(logits(Precision.FP32, MatrixLibrary.AUTO, 1, BATCH));
    }

    /** The same samples stand at the beginning of every batch. */
    @Test
    void aSampleScoresTheSameInABatchOfAnySize() {
        double[] reference = logits(Precision.FP32, MatrixLibrary.AUTO, 2, BATCH);
        for (int batch : new int[] {1, 32}) {
            assertAgree(Arrays.copyOf(reference, batch), logits(Precision.FP32, MatrixLibrary.AUTO, 2, batch), DataType.FLOAT32);
        }
    }

    private static double[] logits(Precision precision, MatrixLibrary library, int threads, int batch) {
        try (InferenceStep step = new InferenceStep(ModelSize.SMALL, batch, precision, Processor.open(threads, library))) {
            step.run();
            step.run();
            float[] logits = step.outputs();
            return IntStream.range(0, logits.length).mapToDouble(sample -> logits[sample]).toArray();
        }
    }

    private static void assertAgree(double[] expected, double[] actual, DataType type) {
        Tolerance law = new Tolerance(type, type == DataType.FLOAT32 ? LENGTH : LAYERS);
        assertThat(Arrays.stream(expected).map(Math::abs).max().orElseThrow()).isPositive();
        for (int i = 0; i < expected.length; i++) {
            assertThat(law.accepts(actual[i], expected[i], expected[i])).as("logit %s: %s, expected %s", i, actual[i], expected[i]).isTrue();
        }
    }
}
