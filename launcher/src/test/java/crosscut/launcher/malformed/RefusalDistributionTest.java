package crosscut.launcher.malformed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A few of the refusals as users meet them: processes of the packed distribution. Runs after the package phase. */
class RefusalDistributionTest {

    private static final Path LAUNCHER = Path.of("target", "crosscut", "launcher.jar").toAbsolutePath();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2 | --batch_siz=3                         | unknown flag --batch_siz; did you mean --batch_size?
            1 | --dataset_path=DIR/nowhere            | DIR/nowhere/feature_spec.yaml: no such file
            1 | --log_path=DIR/absent/log             | cannot write the log
            1 | --max_steps=2                         | DIR/set/train/color.bin: feature color, sample 9: id 77
            1 | --max_steps=2 --np=2 --batch_size=32  | rank 1: DIR/set/train/color.bin: feature color, sample 9: id 77
            1 | --max_steps=2 --np=2 --batch_size=32 --data_parallel_input | rank 0: DIR/set/train/color.bin: feature color, sample 9: id 77
            """)
    void isOneLineOnStandardError(int status, String flags, String mentioned) throws IOException, InterruptedException {
        SmallDataset dataset = SmallDataset.write(folder.resolve("set"));
        byte[] ids = dataset.bytes("train/color.bin");
        ids[9] = 77;
        dataset.bytes("train/color.bin", ids);
        File errors = folder.resolve("errors").toFile();
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", LAUNCHER.toString()));
        Arrays.stream((SmallDataset.FLAGS + " " + flags).split(" +")).map(word -> word.replace("DIR", folder.toString())).forEach(command::add);
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assertThat(process.waitFor()).isEqualTo(status);
        String said = Files.readString(errors.toPath()).replace(folder.toString(), "DIR");
        assertThat(said).startsWith("crosscut: ").contains(mentioned.split("; ")).hasLineCount(1).doesNotContain("Exception", "\tat ");
    }
}
