package crosscut.kernels.metric;

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
        ThresholdAuc auc = new ThresholdAuc(ThresholdAuc.REFERENCE_THRESHOLDS);
        golden.forEach(auc::add);
        assertThat(auc.result().value()).isCloseTo(golden.kerasArea(), within(1e-12));
    }

    @Test
    void handWorkedNumbers() {
        // Thresholds 0, 1/2 and 1. Logit 0 has probability 1/2 and lies in the lower half: the upper bound belongs to a bucket.
        ThresholdAuc auc = new ThresholdAuc(3);
        auc.add(0, true);
        auc.add(-1, false);
        auc.add(1, true);
        auc.add(2, false);
        // One of each class in either half: two pairs tie, one is right, one is wrong.
        assertThat(auc.result().value()).isEqualTo(0.5);
        auc.add(Float.NEGATIVE_INFINITY, false);
        auc.add(Float.POSITIVE_INFINITY, true);
        // Lower half 1 positive and 2 negatives, upper half 2 positives and 1 negative: 4 right, 4 ties, of 9.
        assertThat(auc.result()).isEqualTo(new AreaUnderCurve(6.0 / 9, 3, 3));
    }

    @Property(tries = 30)
    void comesCloseToTheExactArea(@ForAll @IntRange(min = 500, max = 3000) int samples, @ForAll Random random) {
        ThresholdAuc approximate = new ThresholdAuc(ThresholdAuc.REFERENCE_THRESHOLDS);
        ExactAuc exact = new ExactAuc();
        for (int i = 0; i < samples; i++) {
            boolean label = i % 3 == 0;
            float logit = (float) random.nextGaussian() + (label ? 1 : 0);
            approximate.add(logit, label);
            exact.add(logit, label);
        }
        assertThat(approximate.result().value()).isCloseTo(exact.result().value(), within(1e-3));
    }

    @Test
    void oneClassHasNoAreaAndNotANumberIsNoScore() {
        ThresholdAuc auc = new ThresholdAuc(100);
        auc.add(1, false);
        assertThat(auc.result().description()).isEqualTo("not defined: all 1 labels are 0");
        assertThatThrownBy(() -> auc.add(Float.NaN, true)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ThresholdAuc(1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1 thresholds");
    }
}
