package crosscut.launcher.malformed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A right feature spec whose files are not what it says, given to train. */
class MalformedColumnFilesTest {

    @TempDir
    private Path folder;

    private SmallDataset dataset;

    @BeforeEach
    void writeDataset() {
        dataset = SmallDataset.write(folder.resolve("set"));
    }

    private void refused(String moreFlags, String... mentioned) throws IOException {
        new Refusal(folder).check(Refusal.USER_ERROR, SmallDataset.FLAGS + moreFlags, List.of(mentioned));
    }

    /** Bytes of a file that are set to values, and what is said of them. Numbers are those of the stored bytes; float16 infinity is 7c00, NaN 7e00. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            train/label.bin     | 5   | 2    | feature clicked, sample 5: 2 is neither 0 nor 1
            train/label.bin     | 63  | -1   | feature clicked, sample 63: -1 is neither 0 nor 1
            test/label.bin      | 31  | 7    | feature clicked, sample 31: 7 is neither 0 nor 1
            train/color.bin     | 0   | 5    | feature color, sample 0: id 5 is outside [0, 5)
            train/color.bin     | 40  | -1   | feature color, sample 40: id -1 is outside [0, 5)
            test/color.bin      | 3   | 127  | feature color, sample 3: id 127 is outside [0, 5)
            train/shop.bin      | 41  | 2    | feature shop, sample 20: id 652 is outside [0, 300)
            test/shop.bin       | 63  | -128 | feature shop, sample 31: id -32551 is outside [0, 300)
            train/numerical.bin | 65  | 126  | feature price, sample 16: NaN is not a finite number
            train/numerical.bin | 3   | 124  | feature age, sample 0: Infinity is not a finite number
            test/numerical.bin  | 3   | -4   | feature age, sample 0: -Infinity is not a finite number
            """)
    void aValueThatCannotBe(String file, int at, int value, String mentioned) throws IOException {
        byte[] content = dataset.bytes(file);
        content[at] = (byte) value;
        dataset.bytes(file, content);
        refused("", "DIR/set/" + file + ": ", mentioned);
    }

    /** The sample is named as it is stored, though it is read at another moment of the epoch. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aBadIdInAShuffledEpoch(int seed) throws IOException {
        byte[] content = dataset.bytes("train/color.bin");
        content[37] = 9;
        dataset.bytes("train/color.bin", content);
        refused(" --shuffle --seed=" + seed, "DIR/set/train/color.bin: ", "feature color, sample 37: id 9");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            train/numerical.bin | 255 | 255 bytes; row of 4 bytes; price; truncated
            train/shop.bin      | 127 | 127 bytes; row of 2 bytes; shop; truncated
            train/shop.bin      | 126 | 63 rows; label.bin has 64
            train/color.bin     | 63  | 63 rows; label.bin has 64
            train/color.bin     | 65  | 65 rows; label.bin has 64
            train/color.bin     | 0   | 0 rows; label.bin has 64
            train/label.bin     | 63  | 64 rows; label.bin has 63
            train/label.bin     | 0   | is empty; train has no samples
            test/label.bin      | 0   | is empty; test has no samples
            test/numerical.bin  | 132 | 33 rows; label.bin has 32
            """)
    void aFileOfAnotherLength(String file, int bytes, String mentioned) throws IOException {
        dataset.bytes(file, Arrays.copyOf(dataset.bytes(file), bytes));
        refused("", mentioned.split("; "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"train/label.bin", "train/numerical.bin", "train/color.bin", "test/shop.bin"})
    void aFileIsMissingOrAFolder(String file) throws IOException {
        Files.delete(folder.resolve("set").resolve(file));
        refused("", "DIR/set/" + file, "no such file");
        Files.createDirectory(folder.resolve("set").resolve(file));
        refused("", "DIR/set/" + file, "it is a folder");
    }

    @Test
    void fewerRowsThanABatch() throws IOException {
        refused(" --batch_size=65", "train has 64 samples", "batch of 65", "--batch_size");
        refused(" --mode=inference --valid_batch_size=33", "test has 32 samples", "batch of 33", "--valid_batch_size");
    }

    @Test
    void theSpecOfAnotherDataSet() throws IOException {
        dataset.text("feature_spec.yaml", SmallDataset.SPEC.replace("{dtype: int16, cardinality: 300}", "{dtype: int32, cardinality: 300}"));
        refused("", "test/shop.bin", "16 rows of 4 bytes", "label.bin has 32");
        dataset.text("feature_spec.yaml", SmallDataset.SPEC.replace("cardinality: 5}", "cardinality: 3}"));
        refused("", "DIR/set/train/color.bin", "sample 3: id 3 is outside [0, 3)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            eval      | test/color.bin     | feature color, sample 0: id 100
            inference | test/label.bin     | feature clicked, sample 0: 100
            """)
    void badSamplesInOtherModes(String mode, String file, String mentioned) throws IOException {
        Refusal refusal = new Refusal(folder);
        refusal.run(SmallDataset.FLAGS + " --save_checkpoint_path=DIR/saved");
        byte[] content = dataset.bytes(file);
        content[0] = 100;
        dataset.bytes(file, content);
        refused(" --restore_checkpoint_path=DIR/saved --mode=" + mode, "DIR/set/" + file, mentioned);
    }
}
