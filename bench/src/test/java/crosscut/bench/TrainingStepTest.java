package crosscut.bench;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.config.Precision;
import crosscut.kernels.Tolerance;
import crosscut.kernels.device.DataType;
import crosscut.kernels.gemm.MatrixLibrary;
import org.junit.jupiter.api.Test;

/** The variants of the benchmark compute the same thing. */
class TrainingStepTest {

    private static final int BATCH = 96;
    private static final int STEPS = 3;

    /** Terms of the longest sum on the way to a loss: the input of the top MLP, through all layers. */
    private static final int LENGTH = 448 * 8;

    @Test
    void librariesAndPrecisionsAgree() {
        double[] reference = losses(Precision.FP32, MatrixLibrary.JAVA);
        assertAgree(reference, losses(Precision.FP32, MatrixLibrary.AUTO), new Tolerance(DataType.FLOAT32, LENGTH));
        // Rounding to bf16 is independent from sample to sample, and the mean over the batch takes it out again.
        Tolerance coarse = new Tolerance(DataType.BFLOAT16, 1);
        assertAgree(reference, losses(Precision.BF16, MatrixLibrary.JAVA), coarse);
        assertAgree(reference, losses(Precision.BF16, MatrixLibrary.AUTO), coarse);
    }

    @Test
    void threadsDoNotChangeABit() {
        assertThat(losses(Precision.FP32, MatrixLibrary.AUTO, 3)).isEqualTo(losses(Precision.FP32, MatrixLibrary.AUTO, 1));
    }

    private static double[] losses(Precision precision, MatrixLibrary library) {
        return losses(precision, library, 2);
    }

    private static double[] losses(Precision precision, MatrixLibrary library, int threads) {
        try (TrainingStep step = new TrainingStep(StepShape.of(ModelSize.SMALL, BATCH, precision), Processor.open(threads, library))) {
            double[] losses = new double[STEPS];
            for (int i = 0; i < STEPS; i++) {
                losses[i] = step.run();
            }
            return losses;
        }
    }

    private static void assertAgree(double[] expected, double[] actual, Tolerance law) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(law.accepts(actual[i], expected[i], expected[i])).as("step %s: %s, expected %s", i, actual[i], expected[i]).isTrue();
        }
    }
}
