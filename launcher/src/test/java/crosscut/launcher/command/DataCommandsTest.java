package crosscut.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** generate-feature-spec, transcribe and inspect through the command line. */
class DataCommandsTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        List<String> resolved = new ArrayList<>();
        for (String argument : arguments) {
            resolved.add(argument.replace("DIR", folder.toString()));
        }
        return CommandLineMain.execute(new PrintWriter(out, true), new PrintWriter(err, true), resolved.toArray(String[]::new));
    }

    private void transcribeSmallSet() {
        assertThat(run("generate-feature-spec", "--variant", "small_synthetic", "--dst", "DIR/feature_spec.yaml")).as("%s", err).isZero();
        assertThat(run("transcribe", "--src-dataset-type=synthetic", "--src_dataset_path", "DIR", "--src_batch_size", "64", "--max_batches_train", "3",
                "--max-batches-test", "1", "--dst_dataset_path", "DIR/set", "--labels", "planted")).as("%s", err).isZero();
    }

    @Test
    void fromASpecToAnInspectedSet() {
        transcribeSmallSet();
        assertThat(out.toString()).contains("13 numerical and 9 categorical features, 120888 table rows", "Bayes AUC on test", "train: 192 samples written",
                "test: 64 samples written");
        assertThat(run("inspect", "DIR/set")).isZero();
        assertThat(out.toString()).contains("train/numerical.bin");
        assertThat(run("inspect", "--json", "DIR/set")).isZero();
        assertThat(out.toString()).contains("\"values_per_row\" : 13");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aTargetInUseIsReplacedOnlyOnDemand() {
        transcribeSmallSet();
        String[] again = {"transcribe", "--src_dataset_path", "DIR/set", "--dst_dataset_path", "DIR/copy"};
        assertThat(run(again)).isZero();
        assertThat(run(again)).isEqualTo(CommandLineMain.USER_ERROR);
        assertThat(err.toString()).contains("copy is not empty", "--overwrite").hasLineCount(1);
        assertThat(run("transcribe", "--src_dataset_path", "DIR/set", "--dst_dataset_path", "DIR/copy", "--overwrite")).isZero();
    }

    @Test
    void inspectFailsOnAnIdOutsideItsTable() throws IOException {
        transcribeSmallSet();
        Path file = folder.resolve("set/train/cat_5.bin");
        byte[] ids = Files.readAllBytes(file);
        ids[100] = 4;
        Files.write(file, ids);
        assertThat(run("inspect", "DIR/set")).isEqualTo(CommandLineMain.USER_ERROR);
        assertThat(out.toString()).contains("train/cat_5.bin: feature cat_5.bin, sample 100: 4 is outside [0, 4)");
        assertThat(err.toString()).contains("1 of 22 files").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"split_tfrecords", "tfrecords_multihot", "nvt", "binary_multihot"})
    void typesOfTheTensorflowToolsAreRefusedWithASentence(String type) {
        assertThat(run("transcribe", "--src_dataset_type", type, "--dst_dataset_path", "DIR/set")).isEqualTo(CommandLineMain.USAGE_ERROR);
        assertThat(run("transcribe", "--dst_dataset_type", type, "--dst_dataset_path", "DIR/set")).isEqualTo(CommandLineMain.USAGE_ERROR);
        assertThat(err.toString()).contains("--src_dataset_type " + type + " is a format of the TensorFlow tools", "--dst_dataset_type " + type)
                .hasLineCount(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "generate-feature-spec | --variant | 2",
        "generate-feature-spec --variant criteo_t99 | criteo_t99 | 2",
        "generate-feature-spec --variant small_synthetic --scale big | big | 2",
        "generate-feature-spec --variant small_synthetic --scale -1 | --scale must be a positive number | 1",
        "generate-feature-spec --variant small_synthetic --dst /proc/none/spec.yaml | /proc/none | 1",
        "transcribe | --dst_dataset_path | 2",
        "transcribe --dst_dataset_path DIR/set --src_dataset_type excel | excel is unknown | 2",
        "transcribe --dst_dataset_path DIR/set --src_dataset_path DIR/nowhere | nowhere/feature_spec.yaml | 1",
        "transcribe --dst_dataset_path DIR/set --src_batch_size 0 | --src_batch_size must be 1 or more, but is 0 | 1",
        "transcribe --dst_dataset_path DIR/set --src_dataset_type synthetic | --max_batches_train | 1",
        "transcribe --dst_dataset_path DIR/set --labels guessed | guessed | 2",
        "transcribe --dst_dataset_path DIR/set --prebatch 3 | --prebatch | 2",
        "inspect | inspect | 2",
        "inspect DIR/nowhere | nowhere/feature_spec.yaml: no such file | 1"})
    void mistakesAreOneLine(String line, String mentioned, int status) {
        assertThat(run(line.split(" "))).isEqualTo(status);
        assertThat(err.toString()).contains(mentioned).doesNotContain("Exception").hasLineCount(1);
    }

    /** The spec at the root of the repository is the generator's, plus defaults for training. */
    @Test
    void theSpecAtTheRootIsASmallCriteo() throws IOException {
        assertThat(run("generate-feature-spec", "--variant", "criteo_t15_synthetic", "--scale", "0.01", "--dst", "DIR/feature_spec.yaml")).isZero();
        List<String> root = linesOf(Path.of("..", "feature_spec.yaml"));
        List<String> generated = linesOf(folder.resolve("feature_spec.yaml"));
        int metadata = root.indexOf("metadata:");
        assertThat(root.subList(0, metadata)).isEqualTo(generated.subList(0, generated.size() - 1));
        assertThat(root).contains("source_spec: null", "  training_defaults:", "  synthetic:");
    }

    private static List<String> linesOf(Path file) throws IOException {
        return Files.readAllLines(file).stream().filter(line -> !line.startsWith("#")).toList();
    }
}
