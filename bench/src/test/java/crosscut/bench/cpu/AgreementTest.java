package crosscut.bench.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bench.ModelSize;
import crosscut.engine.config.Precision;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AgreementTest {

    private static final float[] OUTPUTS = {0.5f, -2, 1};
    private static final List<Double> LOSSES = List.of(0.7, 0.6);

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void holdsWithinRoundingAndNotBeyond(Precision precision) {
        Contest contest = new Contest(Contest.Mode.TRAINING, ModelSize.FULL, 3, precision, 1);
        Agreement same = Agreement.of(contest, OUTPUTS, OUTPUTS, LOSSES, LOSSES);
        assertThat(same.holds()).isTrue();
        float[] near = OUTPUTS.clone();
        near[0] += (float) (0.9 * same.outputAllowed());
        float[] far = OUTPUTS.clone();
        far[0] += (float) (1.1 * same.outputAllowed());
        assertThat(Agreement.of(contest, OUTPUTS, near, LOSSES, LOSSES).holds()).isTrue();
        assertThat(Agreement.of(contest, OUTPUTS, far, LOSSES, LOSSES).holds()).isFalse();
        assertThat(Agreement.of(contest, OUTPUTS, OUTPUTS, LOSSES, List.of(0.7, 0.6 + 1.1 * same.lossAllowed())).holds()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Contest.Mode.class)
    void neverHoldsWhereSomethingIsMissingOrNotANumber(Contest.Mode mode) {
        Contest contest = new Contest(mode, ModelSize.SMALL, 3, Precision.FP32, 1);
        assertThat(Agreement.of(contest, OUTPUTS, new float[] {0.5f, -2}, LOSSES, LOSSES).holds()).isFalse();
        assertThat(Agreement.of(contest, OUTPUTS, new float[] {0.5f, Float.NaN, 1}, LOSSES, LOSSES).holds()).isFalse();
        assertThat(Agreement.of(contest, new float[] {Float.NaN, -2, 1}, OUTPUTS, LOSSES, LOSSES).holds()).isFalse();
        assertThat(Agreement.of(contest, OUTPUTS, OUTPUTS, LOSSES, List.of(0.7, Double.NaN)).holds()).isFalse();
        assertThat(Agreement.of(contest, OUTPUTS, OUTPUTS, LOSSES, List.of(0.7)).holds()).isFalse();
    }
}
