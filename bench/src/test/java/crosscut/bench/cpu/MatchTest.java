package crosscut.bench.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.bench.ModelSize;
import crosscut.engine.UserException;
import crosscut.engine.config.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Crosscut against itself: the referee at work without a peer. */
class MatchTest {

    private static final Contest CONTEST = new Contest(Contest.Mode.TRAINING, ModelSize.SMALL, 2048, Precision.FP32, 1);
    private static final Contest OTHER_BATCH = new Contest(Contest.Mode.INFERENCE, ModelSize.SMALL, 33, Precision.FP32, 1);
    private static final Contest SHORT_BATCH = new Contest(Contest.Mode.INFERENCE, ModelSize.SMALL, 32, Precision.FP32, 1);
    private static final Match.Pace PACE = new Match.Pace(3, 0.05, 0.05);

    @TempDir
    private Path folder;

    @Test
    void sidesThatAgreeAreRacedAndReported() throws IOException {
        Match match = play(CONTEST, CONTEST, Peer.STOCK);
        assertThat(match.agreement().ours()).hasSize(5).isEqualTo(match.agreement().theirs()).isSortedAccordingTo((one, next) -> Double.compare(next, one));
        assertThat(match.agreement().outputDifference()).isZero();
        assertThat(match.ratio().lower()).isPositive().isLessThanOrEqualTo(match.ratio().median());
        assertThat(match.target().ratio()).isEqualTo(3);

        new CpuRaceReport(folder, "0123abc").add(match);
        JsonNode json = new JsonMapper().readTree(Files.readAllBytes(folder.resolve("results.json")));
        assertThat(json.at("/environment/commit").asString()).isEqualTo("0123abc");
        assertThat(json.at("/matches/0/match/ratio/median").asDouble()).isEqualTo(match.ratio().median());
        assertThat(Files.readString(folder.resolve("results.md"))).contains("| training small 2,048 fp32 | 1 | stock |", "| 3.00 | " + match.verdict() + " | 3 |");
    }

    @Test
    void sidesThatDisagreeAreNotRaced() throws IOException {
        Match match = play(SHORT_BATCH, OTHER_BATCH, Peer.TUNED);
        assertThat(match.ratio()).isNull();
        assertThat(match.verdict()).isEqualTo("outputs disagree");
        new CpuRaceReport(folder, "0123abc").add(match);
        assertThat(Files.readString(folder.resolve("results.md"))).contains("| - | 3.00 | outputs disagree | 0 |");
    }

    @Test
    void aSideThatCannotStartIsNamedWithWhatItSaid() {
        SideCommands commands = new SideCommands(null, null, folder, folder);
        // Without the profile cpu-peers nothing of PyTorch is there.
        try (Side missing = commands.start("PyTorch", List.of(), "crosscut.bench.NoSuchContender", List.of(), _ -> { })) {
            assertThatThrownBy(missing::facts).isInstanceOf(UserException.class).hasMessageContaining("PyTorch ended with status 1")
                    .hasMessageContaining("NoSuchContender");
        }
    }

    @Test
    void whoWaitsForItsTurnDoesNotRun() throws IOException {
        Contest contest = new Contest(Contest.Mode.INFERENCE, ModelSize.SMALL, 37, Precision.FP32, 2);
        try (Side side = new SideCommands(null, null, folder, folder).ours(contest)) {
            assertThat(side.steps(3).steps()).isEqualTo(3);
            ProcessHandle process = ProcessHandle.current().children().filter(child -> arguments(child).contains("37")).findFirst().orElseThrow();
            // Behind the name, which is in parentheses, stands the state: T is stopped by a signal.
            String status = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
            assertThat(status.substring(status.lastIndexOf(')') + 1).strip()).startsWith("T");
            assertThat(side.seconds(0.01).steps()).isPositive();
        }
    }

    private static List<String> arguments(ProcessHandle process) {
        return List.of(process.info().arguments().orElse(new String[0]));
    }

    private Match play(Contest contest, Contest others, Peer peer) {
        SideCommands commands = new SideCommands(null, null, folder, folder);
        try (Side ours = commands.ours(contest); Side theirs = commands.ours(others)) {
            return Match.play(contest, peer, ours, theirs, PACE);
        }
    }
}
