package crosscut.launcher.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import crosscut.engine.parallel.World;
import crosscut.engine.progress.ProgressEvent;
import crosscut.launcher.supervisor.MeetingPlace;
import crosscut.launcher.supervisor.RankCommands;
import crosscut.launcher.supervisor.RankOutput;
import crosscut.launcher.supervisor.Supervisor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real ranks in processes of their own, as the launcher runs them. */
@Timeout(120)
class SeveralRanksTest {

    @TempDir
    private Path folder;

    private final StringWriter errors = new StringWriter();
    private final Events events = new Events();

    /** Keeps what the ranks report. */
    private static final class Events implements RankOutput {

        private final List<ProgressEvent> received = Collections.synchronizedList(new ArrayList<>());
        private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch training = new CountDownLatch(1);

        @Override
        public void event(int rank, ProgressEvent event) {
            assertThat(rank).isZero();
            received.add(event);
            if (event instanceof ProgressEvent.StepReport) {
                training.countDown();
            }
        }

        @Override
        public void line(int rank, String line) {
            lines.add(rank + ": " + line);
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    @BeforeEach
    void writeFeatureSpec() throws IOException {
        Files.writeString(folder.resolve("feature_spec.yaml"), """
                channel_spec:
                  categorical: [color, size]
                  label: [clicked]
                  numerical: [price]
                feature_spec:
                  clicked: {dtype: int8}
                  price: {dtype: float16}
                  color: {alpha: 1.45, cardinality: 9, dtype: int32, hotness: 1}
                  size: {alpha: 1.45, cardinality: 300, dtype: int32, hotness: 1}
                source_spec: null
                """);
    }

    private int train(int ranks, String... more) throws InterruptedException {
        List<String> flags = new ArrayList<>(List.of("--dataset_path=" + folder, "--dataset_type=synthetic", "--batch_size=64", "--valid_batch_size=64",
                "--synthetic_dataset_train_samples=64000000", "--synthetic_dataset_test_samples=640", "--bottom_mlp_dims=8,4", "--top_mlp_dims=8,1",
                "--embedding_dim=4", "--num_cross_layers=1", "--cross_layer_projection_dim=2", "--print_freq=5", "--threads=1"));
        flags.addAll(List.of(more));
        return new Supervisor(events, new PrintWriter(errors, true)).run(
                new RankCommands(ranks, 1, 0, RankMain.class.getName()).build(MeetingPlace.create(), flags));
    }

    @Test
    void threeProcessesTrainTogether() throws InterruptedException {
        assertThat(train(3, "--max_steps=10", "--synthetic_dataset_train_samples=6600", "--batch_size=66", "--valid_batch_size=66",
                "--save_checkpoint_path=" + folder.resolve("saved"))).isZero();
        assertThat(errors.toString()).isEmpty();
        assertThat(events.lines).isEmpty();
        assertThat(events.received).filteredOn(ProgressEvent.StepReport.class::isInstance).isNotEmpty();
        assertThat(events.received.getLast()).isInstanceOf(ProgressEvent.RunFinished.class);
        assertThat(folder.resolve("saved")).isDirectoryContaining("glob:**/checkpoint-*-step-10");
    }

    @Test
    void aKilledRankEndsAllAndIsNamed() throws Exception {
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> {
            try {
                return train(2);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(events.training.await(60, TimeUnit.SECONDS)).isTrue();
        List<ProcessHandle> ranks = children();
        long start = System.nanoTime();
        ranks.get(1).destroyForcibly();
        assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(137);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(errors.toString()).startsWith("crosscut: rank 1 of 2 ended with exit status 137 (SIGKILL").contains("the other ranks were ended");
        assertThat(ranks).noneMatch(ProcessHandle::isAlive);
    }

    /** The ranks in the order in which they were started. */
    private static List<ProcessHandle> children() {
        try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
            return children.sorted(Comparator.comparingLong(ProcessHandle::pid)).toList();
        }
    }

    @Test
    void theEnvironmentTellsTheWorld() {
        try (World world = RankWorld.join(Map.of(), Map.of())) {
            assertThat(world.isSingle()).isTrue();
        }
        assertThatThrownBy(() -> RankWorld.join(Map.of("CROSSCUT_WORLD_SIZE", "2", "CROSSCUT_RANK", "0"), Map.of())).isInstanceOf(UserException.class)
                .hasMessageContaining("the environment variable CROSSCUT_RENDEZVOUS is missing");
    }
}
