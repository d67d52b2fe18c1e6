package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgreementScheduleTest {

    @Test
    void theFirstStepIsOne() {
        AgreementSchedule schedule = new AgreementSchedule(7);
        assertThat(schedule.isDueAfter(7)).isFalse();
        assertThat(schedule.isDueAfter(8)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "0.3, 1", "0.25, 1", "0.1, 2", "0.002, 125", "0.0000001, 1000", "0, 1"})
    void aQuarterOfASecondPasses(double secondsPerStep, long steps) {
        AgreementSchedule schedule = new AgreementSchedule(0);
        schedule.agreed(100, secondsPerStep);
        assertThat(schedule.isDueAfter(100 + steps - 1)).isFalse();
        assertThat(schedule.isDueAfter(100 + steps)).isTrue();
        assertThat(schedule.stepsSince(100 + steps)).isEqualTo(steps);
    }
}
