package crosscut.launcher.malformed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Places that cannot be written to: a file where a folder must be, a folder that nobody may write, a full disk. */
class UnwritablePlacesTest {

    private static final String SMALL_SPEC = "generate-feature-spec --variant=small_synthetic --dst=";
    private static final String TRANSCRIBE = "transcribe --src_dataset_path=DIR/set --dst_dataset_path=";

    @TempDir
    private Path folder;

    @BeforeEach
    void writeDataset() {
        SmallDataset.write(folder.resolve("set"));
    }

    private void refused(String arguments, String mentioned) throws IOException {
        new Refusal(folder).check(Refusal.USER_ERROR, arguments, List.of(mentioned.split("; ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --save_checkpoint_path=DIR/set/feature_spec.yaml       | --save_checkpoint_path DIR/set/feature_spec.yaml; it exists and is not a folder
            --save_checkpoint_path=DIR/set/feature_spec.yaml/below | --save_checkpoint_path DIR/set/feature_spec.yaml/below; Not a directory
            --save_checkpoint_path=/proc/crosscut                  | --save_checkpoint_path /proc/crosscut
            --save_checkpoint_path=/proc                           | --save_checkpoint_path /proc
            --log_path=DIR/absent/log                              | cannot write the log DIR/absent/log; no such file or folder; --log_path
            --log_path=DIR/set                                     | cannot write the log DIR/set; it is a folder
            --log_path=DIR/set/feature_spec.yaml/log               | cannot write the log; Not a directory
            --log_path=/proc/log                                   | cannot write the log /proc/log
            """)
    void ofTrain(String flags, String mentioned) throws IOException {
        refused(SmallDataset.FLAGS + " " + flags, mentioned);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /proc/spec.yaml                 | /proc/spec.yaml
            DIR/set                         | DIR/set: it is a folder
            DIR/set/feature_spec.yaml/spec  | DIR/set/feature_spec.yaml
            """)
    void ofGenerateFeatureSpec(String target, String mentioned) throws IOException {
        refused(SMALL_SPEC + target, mentioned);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /proc/copy                      | /proc/copy
            DIR/set/feature_spec.yaml       | DIR/set/feature_spec.yaml
            DIR/set/feature_spec.yaml/copy  | DIR/set/feature_spec.yaml
            DIR/set                         | DIR/set
            DIR/set --overwrite             | source and target are both DIR/set
            DIR/set/train --overwrite       | DIR/set/train
            """)
    void ofTranscribe(String target, String mentioned) throws IOException {
        refused(TRANSCRIBE + target, mentioned);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            DIR/full/.copy.partial | transcribe --src_dataset_type=synthetic --src_dataset_path=DIR/shape --max_batches_train=8 --max_batches_test=1
            DIR/full/save          | --embedding_dim=2048
            """)
    void onAFullDisk(String target, String command) throws IOException, InterruptedException {
        Path disk = Files.createDirectory(folder.resolve("full"));
        assertThat(new Refusal(folder).run(SMALL_SPEC + "DIR/shape/feature_spec.yaml").status()).isZero();
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "crosscut-test", disk.toString()), "a small disk can only be mounted by root");
        try {
            String arguments = command.startsWith("transcribe") ? command + " --dst_dataset_path=DIR/full/copy"
                    : SmallDataset.FLAGS + " " + command + " --save_checkpoint_path=DIR/full/save";
            refused(arguments, target + "; No space left on device");
            try (Stream<Path> left = Files.walk(disk)) {
                assertThat(left.filter(Files::isRegularFile)).isEmpty();
            }
        } finally {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    /** True when the command exists and succeeds. */
    private static boolean run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    @Test
    void theTargetsThatAreFineAreWritten() {
        Refusal refusal = new Refusal(folder);
        assertThat(refusal.run(SMALL_SPEC + "DIR/shape/feature_spec.yaml").status()).isZero();
        assertThat(refusal.run(TRANSCRIBE + "DIR/copy").status()).isZero();
    }
}
