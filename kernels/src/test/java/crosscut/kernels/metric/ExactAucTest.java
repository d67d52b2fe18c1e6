package crosscut.kernels.metric;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class ExactAucTest {

    @ParameterizedTest
    @ValueSource(strings = {"auc_hand", "auc_all_tied", "auc_perfect", "auc_inverted", "auc_2000_ties"})
    void goldens(String name) {
        AucGolden golden = AucGolden.read(name);
        ExactAuc auc = new ExactAuc();
        golden.forEach(auc::add);
        AreaUnderCurve area = auc.result();
        long pairs = area.positives() * area.negatives();
        assertThat(auc.twiceOrderedPairs() * golden.denominator()).isEqualTo(golden.numerator() * 2 * pairs);
        assertThat(area.value()).isEqualTo(golden.area());
        assertThat(auc.samples()).isEqualTo(area.positives() + area.negatives());
    }

    @Property(tries = 80)
    void countsEveryPair(@ForAll @IntRange(min = 2, max = 300) int samples, @ForAll @IntRange(min = 1, max = 400) int distinct, @ForAll Random random) {
        ExactAuc auc = new ExactAuc();
        float[] scores = new float[samples];
        boolean[] labels = new boolean[samples];
        long twice = 0;
        for (int i = 0; i < samples; i++) {
            // The sign of the factor makes zeros of both signs.
            scores[i] = (random.nextInt(distinct) - distinct / 2) * (random.nextBoolean() ? -0.25f : 0.25f);
            labels[i] = random.nextBoolean();
            auc.add(scores[i], labels[i]);
            for (int j = 0; j < i; j++) {
                if (labels[i] != labels[j]) {
                    float positive = labels[i] ? scores[i] : scores[j];
                    float negative = labels[i] ? scores[j] : scores[i];
                    twice += positive > negative ? 2 : positive == negative ? 1 : 0;
                }
            }
        }
        assertThat(auc.twiceOrderedPairs()).isEqualTo(twice);
        assertThat(auc.twiceOrderedPairs()).as("a second look").isEqualTo(twice);
    }

    @Test
    void oneClassHasNoArea() {
        ExactAuc auc = new ExactAuc();
        assertThat(auc.result().description()).isEqualTo("not defined: no samples");
        auc.add(1, true);
        auc.add(2, true);
        assertThat(auc.result().value()).isNaN();
        assertThat(auc.result().description()).isEqualTo("not defined: all 2 labels are 1");
        auc.add(1.5f, false);
        assertThat(auc.result().isDefined()).isTrue();
        assertThat(auc.result().description()).isEqualTo("0.5");
    }

    @Test
    void infinitiesAreScoresAndNotANumberIsNot() {
        ExactAuc auc = new ExactAuc();
        auc.add(Float.POSITIVE_INFINITY, true);
        auc.add(Float.NEGATIVE_INFINITY, false);
        auc.add(Float.MAX_VALUE, false);
        assertThat(auc.result().value()).isEqualTo(1);
        assertThatThrownBy(() -> auc.add(Float.NaN, true))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("the score of sample 3 is not a number");
    }

    @Test
    void manySamples() {
        ExactAuc auc = new ExactAuc();
        int half = 300_000;
        for (int i = 0; i < half; i++) {
            // Positives at 2 k and negatives at 2 k - 1, far from sorted: positive k lies above negatives 0 to k.
            int scattered = (int) (i * 7919L % half);
            auc.add(2 * scattered, true);
            auc.add(2 * scattered - 1, false);
        }
        assertThat(auc.twiceOrderedPairs()).isEqualTo((long) half * (half + 1));
    }
}
