package crosscut.engine.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crosscut.engine.config.OptimizerConfig;
import crosscut.kernels.optimizer.UpdateRule;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LearningRateScheduleTest {

    @Test
    void followsTheReferenceUntilItsEndAndStaysAtZeroAfterwards() throws Exception {
        JsonNode golden = JsonMapper.builder().build().readTree(Path.of(getClass().getResource("/crosscut/engine/goldens/lr_schedule.json").toURI()));
        long end = golden.path("decay_start_step").asLong() + golden.path("decay_steps").asLong();
        LearningRateSchedule schedule = new LearningRateSchedule(new OptimizerConfig(UpdateRule.Kind.ADAM, golden.path("base_lr").asDouble(), 0.9, 0.999, 1e-7,
                golden.path("warmup_steps").asLong(), golden.path("decay_start_step").asLong(), golden.path("decay_steps").asLong()));
        for (int i = 0; i < golden.path("step").size(); i++) {
            long step = golden.path("step").get(i).asLong();
            double expected = step <= end ? golden.path("lr").get(i).asDouble() : 0;
            assertThat(schedule.rate(step)).as("step %s", step).isCloseTo(expected, within(1e-18));
        }
    }

    @Test
    void withoutWarmupTheFirstStepHasTheFullRate() {
        assertThat(new LearningRateSchedule(new OptimizerConfig(UpdateRule.Kind.SGD, 0.5, 0.9, 0.999, 1e-7, 0, 10, 0)).rate(0)).isEqualTo(0.5);
    }

    @Test
    void aDecayWithoutLengthEndsAtOnce() {
        assertThat(new LearningRateSchedule(new OptimizerConfig(UpdateRule.Kind.SGD, 0.5, 0.9, 0.999, 1e-7, 0, 10, 0)).rate(10)).isZero();
    }
}
