package crosscut.bench;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bench.cpu.Contest;
import crosscut.bench.cpu.CrosscutContender;
import crosscut.engine.config.Precision;
import crosscut.kernels.Tolerance;
import crosscut.kernels.device.DataType;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What our side of the CPU race does is what the race says. */
class ContendersTest {

    private static final int BATCH = 48;

    /** All but the order in which the last layer sums: a training step takes it with its loss. */
    @Test
    void inferenceGivesTheLogitsThatTheFirstTrainingStepGives() {
        assertAgree(Precision.FP32);
        assertAgree(Precision.BF16);
    }

    private static void assertAgree(Precision precision) {
        float[] scored = outputs(Contest.Mode.INFERENCE, precision, 1);
        float[] trained = outputs(Contest.Mode.TRAINING, precision, 1);
        assertThat(scored).hasSize(BATCH).hasSameSizeAs(trained);
        Tolerance law = new Tolerance(precision.computeType(), 1);
        for (int sample = 0; sample < BATCH; sample++) {
            assertThat(law.accepts(scored[sample], trained[sample], 0)).as("%s, logit %s: %s and %s", precision, sample, scored[sample], trained[sample])
                    .isTrue();
        }
    }

    @Test
    void anEmbeddingUpdateMovesTheRowThatOccursByItsGradient() {
        EmbeddingWorkload workload = new Contest(Contest.Mode.EMBEDDING, ModelSize.SMALL, BATCH, Precision.FP32, 1).embeddingWorkload();
        float[] before = outputs(Contest.Mode.EMBEDDING, Precision.FP32, 0);
        float[] after = outputs(Contest.Mode.EMBEDDING, Precision.FP32, 1);
        assertThat(before).hasSize(workload.rows().size() * 2 * workload.dimension());
        // Adam's first step is as long as its step size times 0.1 / sqrt(0.001), whatever the gradient is.
        double moved = Math.abs(after[0] - before[0]);
        assertThat(new Tolerance(DataType.FLOAT32, 1).accepts(moved, EmbeddingUpdateStep.STEP_SIZE * 0.1 / Math.sqrt(0.001), 1)).as("%s", moved).isTrue();
    }

    @Test
    void theHottestRowOfTheEmbeddingRaceOccursAboutThirtyFourThousandTimes() {
        EmbeddingWorkload workload = EmbeddingWorkload.criteo(1, 65_536);
        assertThat(workload.rows()).hasSize(ModelSize.TABLES).allMatch(rows -> rows <= 100_000);
        long most = IntStream.range(0, ModelSize.TABLES).mapToLong(table -> Arrays.stream(workload.ids(table)).filter(id -> id == 0).count()).max().getAsLong();
        assertThat(most).isBetween(33_500L, 35_000L);
    }

    private static float[] outputs(Contest.Mode mode, Precision precision, int runs) {
        try (Contender contender = CrosscutContender.open(new Contest(mode, ModelSize.SMALL, BATCH, precision, 1))) {
            for (int run = 0; run < runs; run++) {
                contender.run();
            }
            return contender.outputs();
        }
    }
}
