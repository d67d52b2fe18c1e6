package crosscut.launcher.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mixed precision, checkpoints and the choice of the device as users meet them: processes of the packed distribution. Runs after the package phase. */
class SimulatedGpuDistributionTest {

    private static final Path LAUNCHER = Path.of("target", "crosscut", "launcher.jar").toAbsolutePath();
    private static final String FLAGS = "--dataset_type=synthetic --synthetic_dataset_train_samples=128 --synthetic_dataset_test_samples=40 --batch_size=32"
            + " --valid_batch_size=32 --embedding_dim=4 --bottom_mlp_dims=8,4 --top_mlp_dims=8,1 --num_cross_layers=1 --cross_layer_projection_dim=2"
            + " --print_freq=1 --max_steps=2";

    @TempDir
    private Path folder;

    private record Outcome(int status, String output) {}

    @BeforeEach
    void writeSpec() throws IOException, InterruptedException {
        assertThat(run("generate-feature-spec --variant=small_synthetic --dst=feature_spec.yaml").status()).isZero();
    }

    private Outcome run(String flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", LAUNCHER.toString()));
        command.addAll(Arrays.asList(flags.split(" +")));
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    @Test
    void halfPrecisionIsTrainedSavedAndEvaluated() throws IOException, InterruptedException {
        Outcome trained = run("--device=cuda-sim --amp " + FLAGS + " --save_checkpoint_path=saved");
        assertThat(trained.status()).as(trained.output()).isZero();
        assertThat(trained.output()).contains("Crosscut PTX simulator", "precision fp16", "memory: ", "step 2/2", "skipped steps 0")
                .doesNotContain("WARNING", "mistake");
        String result = trained.output().lines().filter(line -> line.startsWith("done: best AUC ")).findFirst().orElseThrow();
        Outcome evaluated = run("--mode=eval --device=cuda-sim --amp " + FLAGS + " --restore_checkpoint_path=saved --max_steps=-1");
        assertThat(evaluated.status()).as(evaluated.output()).isZero();
        assertThat(evaluated.output()).contains("done: " + result.substring("done: best ".length(), result.indexOf(',')));
    }

    @Test
    void automaticallyChosenDevicesAreSaidWithTheReason() throws IOException, InterruptedException {
        Outcome outcome = run("--device=auto " + FLAGS);
        assertThat(outcome.status()).as(outcome.output()).isZero();
        assertThat(outcome.output().lines().findFirst().orElseThrow()).matches("--device auto is (cpu|cuda) here: .+");
    }
}
