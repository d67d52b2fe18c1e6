package crosscut.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.UserException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineMainTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --batch_siz 3           | crosscut: unknown flag --batch_siz; did you mean --batch_size? (see crosscut train --help)
            train --learn_rate=1    | crosscut: unknown flag --learn_rate; did you mean --learning_rate? (see crosscut train --help)
            --zzzzzzzzzzzz          | crosscut: unknown flag --zzzzzzzzzzzz (see crosscut train --help)
            doctr                   | crosscut: unknown command 'doctr'; did you mean doctor? (see crosscut --help)
            doctor now              | crosscut: doctor does not know what to do with 'now' (see crosscut doctor --help)
            --batch_size many       | crosscut: --batch_size many: must be a whole number below 2^31 (see crosscut train --help)
            --batch_size 3000000000 | crosscut: --batch_size 3000000000: must be a whole number below 2^31 (see crosscut train --help)
            --max_steps 1e5         | crosscut: --max_steps 1e5: must be a whole number (see crosscut train --help)
            --learning_rate fast    | crosscut: --learning_rate fast: must be a number (see crosscut train --help)
            --mode predict          | crosscut: --mode predict: must be one of train, eval, inference (see crosscut train --help)
            --top_mlp_dims 8,,1     | crosscut: --top_mlp_dims 8,,1: must be whole numbers with commas between, such as 512,256,128 (see crosscut train --help)
            --shuffle=maybe         | crosscut: --shuffle=maybe: must be true or false (see crosscut train --help)
            --noshuffle=true        | crosscut: --noshuffle takes no value, but got 'true'; say --shuffle=true (see crosscut train --help)
            --cpu                   | crosscut: --cpu: use --device cpu (see crosscut train --help)
            """)
    void aWrongCommandLineIsOneLineAndStatus2(String arguments, String expected) {
        CommandLines result = CommandLines.run(arguments.split(" "));
        assertThat(result.err()).isEqualToIgnoringNewLines(expected);
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --device cuda --np 1000            | --device cuda
            --amp --precision fp32             | --amp
            --np 0                             | --np 0
            --threads -1                       | --threads -1
            --interaction dot_custom_cuda      | --interaction dot_custom_cuda
            --dataset_type split_tfrecords     | --dataset_type split_tfrecords
            --dataset_type csv                 | --dataset_type csv
            --batch_size 0                     | --batch_size 0
            --batch-size -5                    | --batch_size -5
            --learning_rate NaN                | --learning_rate NaN
            --checkpoint_every_steps 5         | --save_checkpoint_path
            --synthetic_dataset_test_samples 0 | --synthetic_dataset_test_samples 0
            """)
    void aValueThatCannotBeIsOneLineAndStatus1(String arguments, String named) {
        CommandLines result = CommandLines.run(("train --dataset_type synthetic " + arguments).split(" "));
        assertThat(result.err()).startsWith("crosscut: ").contains(named).hasLineCount(1);
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void withoutCommandTrainIsMeant() {
        assertThat(CommandLines.run("--dry-run", "--dataset_type=synthetic").out()).contains("--dataset_type=synthetic");
        assertThat(CommandLines.run().err()).contains("--dataset_path DIR");
    }

    @Test
    void dryRunShowsEachRanksCommand() {
        CommandLines result = CommandLines.run("--dataset_type", "synthetic", "--np", "3", "--batch_size=6", "--valid_batch_size=6", "--threads=2", "--dry_run");
        assertThat(result.status()).isZero();
        assertThat(result.out().lines()).hasSize(3).allSatisfy(line -> assertThat(line).contains("CROSSCUT_WORLD_SIZE=3", "--add-modules jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED", " crosscut.launcher.rank.RankMain --dataset_type synthetic", "--threads=2"));
        assertThat(result.out()).contains("CROSSCUT_RANK=0 ", "CROSSCUT_RANK=1 ", "CROSSCUT_RANK=2 ").doesNotContain("RankMain train", "dry_run");
    }

    @Test
    void aFileOfArgumentsIsReadAndLaterFlagsWin(@TempDir Path folder) throws IOException {
        Path recipe = Files.writeString(folder.resolve("recipe.args"), "--dataset-type synthetic  # no files\n--np 7\n");
        CommandLines result = CommandLines.run("@" + recipe, "--np=2", "--dry_run");
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines()).hasSize(2);
    }

    @Test
    void theFeatureSpecsOwnFlagsHoldUnlessOthersAreGiven(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("feature_spec.yaml"), """
                feature_spec: {a: {dtype: int32, cardinality: 10, hotness: 1, alpha: 1.1}, label: {dtype: int8}}
                channel_spec: {categorical: [a], numerical: [], label: [label]}
                source_spec: null
                metadata:
                  training_defaults: {batch_size: 64, top_mlp_dims: '8,1', shuffle: true}
                  synthetic: {labels: planted, train_samples: 640}
                """);
        CommandLines result = CommandLines.run("--dataset-path", folder.toString(), "--dataset_type=synthetic", "--batch_size=32", "--dry_run");
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).containsSubsequence("--labels=planted", "--synthetic_dataset_train_samples=640", "--batch_size=64", "--top_mlp_dims=8,1",
                "--shuffle=true", "--dataset_path " + folder, "--batch_size=32");
        Files.writeString(folder.resolve("feature_spec.yaml"), Files.readString(folder.resolve("feature_spec.yaml")).replace("shuffle: true", "sample: 1"));
        assertThat(CommandLines.run("--dataset_path", folder.toString()).err()).hasLineCount(1).contains("feature_spec.yaml", "sample", "no flag of train");
    }

    @Test
    void anUnwritableLogIsToldBeforeTrainingStarts(@TempDir Path folder) {
        CommandLines result = CommandLines.run("--dataset_type", "synthetic", "--log_path", folder.resolve("absent/log.jsonl").toString());
        assertThat(result.err()).startsWith("crosscut: cannot write the log ").contains("--log_path").hasLineCount(1);
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void helpAndVersionAreStatus0() {
        assertThat(CommandLines.run("--help").out()).contains("train", "doctor", "Exit status");
        assertThat(CommandLines.run("train", "--help").out()).contains("Optimizer:", "--learning_rate=RATE", "Default: 65536");
        assertThat(CommandLines.run("--version").out()).startsWith("Crosscut ").contains("Java 2");
        assertThat(CommandLines.run("doctor").status()).isZero();
    }

    @Test
    void exceptionsBecomeOneLineAndTheirExitStatus() {
        StringWriter err = new StringWriter();
        assertThat(CommandLineMain.report(new UserException("no such file: a.csv"), false, new PrintWriter(err, true))).isEqualTo(1);
        assertThat(CommandLineMain.report(new IllegalStateException("odd"), false, new PrintWriter(err, true))).isEqualTo(70);
        assertThat(err.toString()).isEqualToNormalizingNewlines("""
                crosscut: no such file: a.csv
                crosscut: internal error: java.lang.IllegalStateException: odd (run again with --stacktrace)
                """);
        StringWriter traced = new StringWriter();
        CommandLineMain.report(new IllegalStateException("odd"), true, new PrintWriter(traced, true));
        assertThat(traced.toString()).contains("at crosscut.launcher.command.CommandLineMainTest");
    }
}
