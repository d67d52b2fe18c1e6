package crosscut.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The variants of the benchmark, without checks and with them, execute the same instructions: speeds are held against each other by their number. */
class SimulatorSpeedTest {

    @Test
    void checksExecuteNoMoreInstructions() {
        Map<String, Long> instructions = SimulatorSpeed.instructions(false);
        assertThat(instructions).isEqualTo(SimulatorSpeed.instructions(true)).hasSize(9);
        assertThat(instructions.values()).allMatch(count -> count > 0);
    }
}
