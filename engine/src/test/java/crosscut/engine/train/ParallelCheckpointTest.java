package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.kernels.optimizer.UpdateRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ranks save, any other number of ranks with any other placement of tables and the other way to read ids continues. */
class ParallelCheckpointTest extends ParallelRuns {

    @ParameterizedTest
    @CsvSource({
        "4, 600, 0,     36, 3, 10,         0,     0",
        "3, 1,   0,     0,  2, 5000000000, 0,     2400",
        "8, 1,   0,     0,  1, 5000000000, 0,     0",
        "1, 1,   0,     0,  4, 10,         0,     36",
        "4, 10,  0,     0,  3, 700,        0,     0",
        "4, 600, 20000, 36, 3, 10,         2400,  0",
        "3, 10,  2400,  0,  4, 600,        0,     0",
        "4, 10,  0,     0,  3, 5000000000, 36,    0",
        "1, 1,   0,     0,  4, 5000000000, 20000, 0",
        "4, 1,   1,     0,  1, 5000000000, 0,     0",
    })
    void slicesOfOnePlacementAreReadByAnyOther(int before, long columnsBefore, long rowsBefore, long dataParallelBefore,
            int after, long columnsAfter, long rowsAfter, long dataParallelAfter) throws IOException {
        PlacementConfig first = new PlacementConfig(PlacementConfig.Strategy.BASIC, columnsBefore, rowsBefore, dataParallelBefore);
        PlacementConfig second = new PlacementConfig(PlacementConfig.Strategy.MEMORY_BALANCED, columnsAfter, rowsAfter, dataParallelAfter)
                .withDataParallelInput(true);
        train(1, "whole", adam(STEPS));
        train(before, "parts", training(UpdateRule.Kind.ADAM, Precision.FP32, BATCH, STEPS / 2, first));
        run(after, config(RunConfig.Mode.TRAIN, training(UpdateRule.Kind.ADAM, Precision.FP32, BATCH, STEPS, second),
                checkpoints("parts", 0, folder.resolve("parts"))));
        assertThat(newest("parts").getFileName().toString()).endsWith("-step-" + STEPS);
        assertSameWithinTheLaw("parts", "whole");
    }

    @Test
    void theWayToReadIdsMayChangeWhenATrainingIsResumedAndTheBitsDoNot() throws IOException {
        PlacementConfig sent = PlacementConfig.DEFAULT.withDataParallelInput(true);
        train(3, "whole", adam(STEPS));
        train(3, "parts", training(UpdateRule.Kind.ADAM, Precision.FP32, BATCH, STEPS / 2, sent));
        run(3, config(RunConfig.Mode.TRAIN, adam(STEPS), checkpoints("parts", 0, folder.resolve("parts"))));
        Map<String, float[]> expected = newestTensors("whole");
        assertThat(newestTensors("parts").keySet()).isEqualTo(expected.keySet());
        newestTensors("parts").forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
    }

    @ParameterizedTest
    @CsvSource({"0, columns-2-4, column 2 of row 0", "2400, rows-75-150, column 0 of row 75"})
    void aMissingSliceIsNamed(long rowSlices, String slice, String missing) throws IOException {
        PlacementConfig slices = new PlacementConfig(PlacementConfig.Strategy.BASIC, 600, rowSlices, 0);
        train(4, "sliced", training(UpdateRule.Kind.ADAM, Precision.FP32, BATCH, 2, slices));
        Path checkpoint = newest("sliced");
        Path manifest = checkpoint.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("table-0001." + slice, "table-0009." + slice));
        Files.move(checkpoint.resolve("table-0001." + slice + ".safetensors"), checkpoint.resolve("table-0009." + slice + ".safetensors"));
        assertThatThrownBy(() -> run(1, config(RunConfig.Mode.TRAIN, adam(4), checkpoints("again", 0, checkpoint)))).isInstanceOf(UserException.class)
                .hasMessageContaining("does not hold " + missing + " of embedding table 1");
    }

    @ParameterizedTest
    @CsvSource({"2, 3", "1, 2", "4, 1"})
    void anyNumberOfRanksResumesWhatAnyOtherSaved(int before, int after) throws IOException {
        train(before, "whole", adam(STEPS));
        train(before, "parts", adam(STEPS / 2));
        run(after, config(RunConfig.Mode.TRAIN, adam(STEPS), checkpoints("parts", 0, folder.resolve("parts"))));
        assertThat(newest("parts").getFileName().toString()).endsWith("-step-" + STEPS);
        assertSameWithinTheLaw("parts", "whole");
    }
}
