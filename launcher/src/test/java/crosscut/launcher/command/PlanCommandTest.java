package crosscut.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans of the reference's largest model, on a machine that could hold none of it. */
class PlanCommandTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void writeSpec() {
        CommandLines written = CommandLines.run("generate-feature-spec", "--variant=criteo_t0_synthetic", "--dst=" + folder.resolve("feature_spec.yaml"));
        assertThat(written.status()).isZero();
    }

    private CommandLines plan(String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "plan";
        arguments[1] = "--dataset_path=" + folder;
        System.arraycopy(more, 0, arguments, 2, more.length);
        return CommandLines.run(arguments);
    }

    @Test
    void showsAGpuThatIsNotThere() {
        CommandLines result = plan("--device=cuda", "--amp");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("--device cuda, precision fp16:", "GiB  embedding tables", "GiB  embedding first moments", "MiB  sorted ids",
                "MiB  dense gradients", "320.0 MiB  matrix product workspace", "GiB  on the device in all", "raw batch, on the host",
                "besides: what the driver");
    }

    @Test
    void showsTheRankThatNeedsMostAndAllSums() {
        CommandLines result = plan("--device=cuda", "--np=8", "--precision=tf32");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out()).contains("of 8, which needs most:", "embedding exchange")
                .containsPattern("on the device by rank: ([0-9.]+ GiB, ){7}[0-9.]+ GiB");
    }

    @Test
    void isForTheProcessorToo() {
        CommandLines result = plan("--device=cpu");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out()).contains("--device cpu, precision fp32:", "GiB  on the device in all").doesNotContain("workspace", "besides");
    }

    @Test
    void wrongValuesAreRefusedAsTrainRefusesThem() {
        assertThat(plan("--device=cpu", "--precision=fp16").err()).contains("--precision fp16 needs a GPU");
        assertThat(plan("--np=3", "--batch_size=64").err()).contains("--batch_size 64 cannot be divided evenly");
        assertThat(CommandLines.run("plan", "--dataset_path=" + folder.resolve("nowhere")).err()).contains("no such file");
    }
}
