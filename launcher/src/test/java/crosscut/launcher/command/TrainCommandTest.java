package crosscut.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What train finds out before it starts any rank. */
class TrainCommandTest {

    @TempDir
    private Path folder;

    private CommandLines train(String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "--dataset_path=" + folder;
        arguments[1] = "--dry_run";
        System.arraycopy(more, 0, arguments, 2, more.length);
        return CommandLines.run(arguments);
    }

    @Test
    void everyRankGetsItsPlaceAndNobodySeesTheSecret() {
        CommandLines result = train("--np=3", "--batch_size=30", "--valid_batch_size=60");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out().lines()).hasSize(3).allSatisfy(line -> assertThat(line).contains("CROSSCUT_WORLD_SIZE=3", "CROSSCUT_SECRET=SECRET"));
        assertThat(result.out()).contains("CROSSCUT_RANK=0", "CROSSCUT_RANK=1", "CROSSCUT_RANK=2");
    }

    @Test
    void everyRankIsToldWhoReadsTheIds() {
        CommandLines result = train("--np=2", "--data_parallel_input");
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines()).hasSize(2).allSatisfy(line -> assertThat(line).contains("--data_parallel_input"));
    }

    @Test
    void aBatchThatCannotBeDividedIsRefusedAtOnce() {
        CommandLines result = train("--np=3", "--batch_size=64", "--valid_batch_size=60");
        assertThat(result.status()).isNotZero();
        assertThat(result.err()).contains("--batch_size 64 cannot be divided evenly among 3 ranks: use 63, the next smaller that can");
    }

    @Test
    void theInferenceBenchmarkIsForOneRank() {
        CommandLines result = train("--np=2", "--mode=inference");
        assertThat(result.status()).isNotZero();
        assertThat(result.err()).contains("--mode inference measures the latency of one process: use --np 1 instead of 2");
    }
}
