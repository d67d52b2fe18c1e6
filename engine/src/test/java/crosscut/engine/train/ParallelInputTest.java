package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import crosscut.engine.checkpoint.Checkpoint;
import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.config.DatasetConfig;
import crosscut.engine.config.DatasetConfig.SyntheticLabels;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.tools.TranscribeRequest;
import crosscut.engine.data.tools.Transcriber;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.optimizer.UpdateRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranks that read files, each from a folder of its own. */
class ParallelInputTest extends ParallelRuns {

    private static final long STEPS = 13;

    /** 648 samples to train on and 333 to evaluate. */
    @BeforeEach
    void writeFiles() {
        Transcriber.run(new TranscribeRequest(TranscribeRequest.Source.SYNTHETIC, folder, "feature_spec.yaml", 9, folder.resolve("all"), "feature_spec.yaml",
                72, 37, SyntheticLabels.PLANTED, 1, false), _ -> { });
    }

    private static PlacementConfig basic(long columnSlices, long rowSlices, long dataParallel) {
        return new PlacementConfig(PlacementConfig.Strategy.BASIC, columnSlices, rowSlices, dataParallel);
    }

    private RunConfig config(RunConfig.Mode mode, PlacementConfig placement, CheckpointConfig checkpoint, Path data) {
        TrainingConfig training = training(UpdateRule.Kind.ADAM, Precision.FP32, BATCH, mode == RunConfig.Mode.TRAIN ? STEPS : -1, placement);
        RunConfig synthetic = config(mode, training, checkpoint);
        DatasetConfig files = new DatasetConfig(data, "feature_spec.yaml", DatasetConfig.Type.TF_RAW, SyntheticLabels.PLANTED, 0, 0, "test");
        return new RunConfig(mode, files, synthetic.model(), training, checkpoint, synthetic.flags());
    }

    private RunConfig training(String name, PlacementConfig placement, Path data) {
        return config(RunConfig.Mode.TRAIN, placement, checkpoints(name, 0, null), data);
    }

    /** A copy of the data set without the ids of tables that are not named. */
    private Path only(int rank, String tables) throws IOException {
        Path copy = folder.resolve("rank " + rank);
        try (Stream<Path> files = Files.walk(folder.resolve("all"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.startsWith("cat_") || tables.contains(name.substring("cat_".length(), name.indexOf('.')))) {
                    Files.copy(file, copy.resolve(folder.resolve("all").relativize(file)));
                }
            }
        }
        return copy;
    }

    /** Tables are color, size and shop; a rank needs no files but those of the tables of which it has a part. One case has a rank without any. */
    @ParameterizedTest
    @CsvSource({
        "5000000000, 0,     0,  0 2 | 1",
        "5000000000, 0,     0,  0 | 1 | 2 |",
        "600,        0,     0,  0 1 2 | 1 2 | 1 2",
        "5000000000, 20000, 36, 0 1 2 | 0 2",
    })
    void aRankNeedsNoOtherFilesThanThoseOfItsTables(long columnSlices, long rowSlices, long dataParallel, String tables) throws IOException {
        PlacementConfig placement = basic(columnSlices, rowSlices, dataParallel);
        String[] needed = tables.split("\\|", -1);
        Path[] data = new Path[needed.length];
        for (int rank = 0; rank < needed.length; rank++) {
            data[rank] = only(rank, needed[rank]);
        }
        run(needed.length, _ -> training("sent", placement.withDataParallelInput(true), folder.resolve("all")));
        run(needed.length, rank -> training("read", placement, data[rank]));
        Map<String, float[]> expected = newestTensors("sent");
        newestTensors("read").forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
        assertThat(Checkpoint.open(newest("read")).state().trainFingerprint()).isEqualTo(Checkpoint.open(newest("sent")).state().trainFingerprint());

        CheckpointConfig saved = new CheckpointConfig(null, 0, 1, folder.resolve("sent"), false);
        Map<String, Object> evaluation = results(run(1, _ -> config(RunConfig.Mode.EVAL, placement, saved, folder.resolve("all"))));
        Map<String, Object> shared = results(run(needed.length, rank -> config(RunConfig.Mode.EVAL, placement, saved, data[rank])));
        assertThat(shared).containsEntry("samples", 333L).containsEntry("auc", evaluation.get("auc"));
    }

    private static Map<String, Object> results(List<ProgressEvent> events) {
        return events(events, ProgressEvent.RunFinished.class).getFirst().results();
    }

    @Test
    void aMissingFileIsNamedByTheRankThatNeedsIt() throws IOException {
        Path first = only(0, "0 2");
        Path second = only(1, "0");
        assertThatThrownBy(() -> run(2, rank -> training("never", PlacementConfig.DEFAULT, rank == 0 ? first : second))).isInstanceOf(UserException.class)
                .hasMessageContainingAll("cannot read feature cat_1.bin of test", second.resolve("test").resolve("cat_1.bin").toString());
        PlacementConfig sent = PlacementConfig.DEFAULT.withDataParallelInput(true);
        assertThatThrownBy(() -> run(2, _ -> training("never", sent, first))).isInstanceOf(UserException.class)
                .hasMessageContaining("cannot read feature cat_1.bin of test");
    }

    @Test
    void filesThatDifferBetweenRanksAreRefused() throws IOException {
        Path first = only(0, "0 2");
        Path second = only(1, "1");
        overwrite(second.resolve("train").resolve("numerical.bin"), 40, (short) 77);
        assertThatThrownBy(() -> run(2, rank -> training("never", basic(5_000_000_000L, 0, 0), rank == 0 ? first : second))).isInstanceOf(UserException.class)
                .hasMessageMatching("the train data differ between ranks: rank 0 has column num_0 \\p{XDigit}{8}, but rank 1 has column num_0 \\p{XDigit}{8}");
    }

    private static void overwrite(Path file, int value, short content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(Short.BYTES).order(ByteOrder.LITTLE_ENDIAN).putShort(content).flip(), (long) value * Short.BYTES);
        }
    }

    /** The last sample of a partial batch, in the share of rank 0, of a table that rank 1 keeps. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBadIdIsNamedByWhoeverReadsIt(boolean isDataParallel) throws IOException {
        Path file = folder.resolve("all").resolve("test").resolve("cat_1.bin");
        overwrite(file, 332, (short) 300);
        PlacementConfig placement = basic(5_000_000_000L, 0, 0).withDataParallelInput(isDataParallel);
        assertThatThrownBy(() -> run(2, _ -> training("bad", placement, folder.resolve("all")))).isInstanceOf(UserException.class)
                .hasMessageStartingWith(file + ": feature cat_1.bin, sample 332: id 300 is outside [0, 300)");
    }
}
