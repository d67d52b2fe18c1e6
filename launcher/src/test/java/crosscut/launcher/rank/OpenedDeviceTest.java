package crosscut.launcher.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import crosscut.simulator.check.Finding;
import crosscut.simulator.check.FindingKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of the simulator's findings when a run ends. */
class OpenedDeviceTest {

    private final List<String> messages = new ArrayList<>();

    @Test
    void findingsAreToldAndFailTheRun() {
        List<Finding> findings = List.of(new Finding(FindingKind.LEAK, null, "64 bytes"), new Finding(FindingKind.RACE, null, "two threads"));
        assertThatThrownBy(() -> OpenedDevice.tell(findings, messages::add)).isInstanceOf(UserException.class)
                .hasMessage("the simulator found 2 mistakes in Crosscut's GPU code, of which the first is: leak: 64 bytes; "
                        + "please report it with the command line");
        assertThat(messages).containsExactly("leak: 64 bytes", "race: two threads");
    }

    @Test
    void ofVeryManyTheFirstAreTold() {
        List<Finding> findings = IntStream.range(0, 1000).mapToObj(index -> new Finding(FindingKind.LEAK, null, index + " bytes")).toList();
        assertThatThrownBy(() -> OpenedDevice.tell(findings, messages::add)).hasMessageContaining("1000 mistakes");
        assertThat(messages).hasSizeBetween(1, 100);
    }

    @Test
    void noFindingsAreNoNews() {
        OpenedDevice.tell(List.of(), messages::add);
        assertThat(messages).isEmpty();
    }
}
