package crosscut.kernels.metric;

import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class ThresholdAucTest {

    @Test
    void golden() {
        AucGolden golden = AucGolden.read("auc_2000_ties");
        Samples samples = new Samples();
        golden.forEach(samples::add);
        assertThat(samples.area(ThresholdAuc.REFERENCE_THRESHOLDS).value()).isCloseTo(golden.kerasArea(), within(1e-12));
    }

    @Test
    void handWorkedNumbers() {
        // Thresholds 0, 1/2 and 1. Logit 0 has probability 1/2 and lies in the lower half: the upper bound belongs to a bucket.
        Samples auc = new Samples();
        auc.add(0, true);
        auc.add(-1, false);
        auc.add(1, true);
        auc.add(2, false);
        // One of each class in either half: two pairs tie, one is right, one is wrong.
        assertThat(auc.area(3).value()).isEqualTo(0.5);
        auc.add(Float.NEGATIVE_INFINITY, false);
        auc.add(Float.POSITIVE_INFINITY, true);
        // Lower half 1 positive and 2 negatives, upper half 2 positives and 1 negative: 4 right, 4 ties, of 9.
        assertThat(auc.area(3)).isEqualTo(new AreaUnderCurve(6.0 / 9, 3, 3));
    }

    @Property(tries = 30)
    void comesCloseToTheExactArea(@ForAll @IntRange(min = 500, max = 3000) int samples, @ForAll Random random) {
        Samples approximate = new Samples();
        ExactAuc exact = new ExactAuc();
        for (int i = 0; i < samples; i++) {
            boolean label = i % 3 == 0;
            float logit = (float) random.nextGaussian() + (label ? 1 : 0);
            approximate.add(logit, label);
            exact.add(logit, label);
        }
        assertThat(approximate.area(ThresholdAuc.REFERENCE_THRESHOLDS).value()).isCloseTo(exact.result().value(), within(1e-3));
    }

    @Test
    void oneClassHasNoAreaAndNotANumberIsNoScore() {
        Samples auc = new Samples();
        assertThat(auc.area(100).description()).isEqualTo("not defined: no samples");
        auc.add(1, false);
        assertThat(auc.area(100).description()).isEqualTo("not defined: all 1 labels are 0");
        auc.add(Float.NaN, true);
        assertThatThrownBy(() -> auc.area(100)).isInstanceOf(IllegalArgumentException.class).hasMessage("1 logits are not a number");
        assertThatThrownBy(() -> ThresholdAuc.counters(1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1 thresholds");
    }

    @Test
    void launchingAllocatesNothing() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor logits = fixture.random(DataType.BFLOAT16, 5000, 1, 0, 3, new Random(2));
            Tensor labels = fixture.zeros(DataType.FLOAT32, 1, 5000);
            Tensor counts = fixture.zeros(DataType.INT64, 1, ThresholdAuc.counters(ThresholdAuc.REFERENCE_THRESHOLDS));
            CpuFixture.assertAllocatesNothing(fixture.device().metric().countScores(logits, labels, counts));
        }
    }

    /** Scores and labels, counted together. */
    private static final class Samples {

        private final List<Float> scores = new ArrayList<>();
        private final List<Boolean> positive = new ArrayList<>();

        void add(float score, boolean isPositive) {
            scores.add(score);
            positive.add(isPositive);
        }

        AreaUnderCurve area(int thresholds) {
            try (CpuFixture fixture = new CpuFixture(2)) {
                Tensor logits = fixture.zeros(DataType.FLOAT32, scores.size(), 1, 1);
                Tensor labels = fixture.zeros(DataType.FLOAT32, 1, scores.size());
                Tensor counts = fixture.zeros(DataType.INT64, 1, ThresholdAuc.counters(thresholds));
                CpuFixture.fill(logits, (row, column) -> scores.get((int) row));
                CpuFixture.fill(labels, (row, column) -> positive.get(column) ? 1 : 0);
                fixture.device().metric().countScores(logits, labels, counts).launch(null);
                return ThresholdAuc.area(counts.hostSegment());
            }
        }
    }
}
