package crosscut.engine.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import crosscut.engine.preprocess.PreprocessOptions.ExistingOutput;
import crosscut.engine.preprocess.PreprocessOptions.RowOrder;
import crosscut.engine.preprocess.layout.NumericTransform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that end in the middle and go on later. */
class ResumeTest {

    @TempDir
    Path folder;

    private List<Path> train;
    private List<Path> test;

    /** Stops the run like a power cut would: nothing after it is executed. */
    private static final class Interruption extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Lets one stage finish, then interrupts before the next. */
    private static final class OneStage implements PreprocessListener {

        private int finished;

        @Override
        public void stageStarted(Stage stage) {
            if (finished == 1) {
                throw new Interruption();
            }
        }

        @Override
        public void stageFinished(Stage stage, long rows, Duration elapsed) {
            finished++;
        }
    }

    @BeforeEach
    void writeInput() throws IOException {
        train = List.of(CriteoLines.write(folder.resolve("day_0.gz"), CriteoLines.lines(1, 500)));
        test = List.of(CriteoLines.write(folder.resolve("test"), CriteoLines.lines(2, 100)));
    }

    @Test
    void interruptedBetweenAllStagesGivesTheSameBytes() throws IOException {
        run("straight").run();
        int runs = 0;
        while (!Files.exists(folder.resolve("pieces"))) {
            PreprocessRun piece = run("pieces");
            piece.existing = ExistingOutput.RESUME;
            piece.listener = new OneStage();
            runs++;
            try {
                piece.run();
            } catch (Interruption expected) {
                assertThat(folder.resolve("pieces")).doesNotExist();
            }
        }
        assertThat(runs).isEqualTo(2 * 2 + 1 + 2 + 2 * 4);
        assertThat(OutputFolder.content(folder.resolve("pieces"))).isEqualTo(OutputFolder.content(folder.resolve("straight")));
        assertThat(folder.resolve("pieces.preprocess")).doesNotExist();
        assertThat(folder.resolve("pieces.unfinished")).doesNotExist();
    }

    @Test
    void leftoversOfAStageThatWasCutOffAreReplaced() throws IOException {
        interrupt("out");
        Files.writeString(folder.resolve("out.preprocess/ingested/file_0.parquet.unfinished"), "half a file");
        PreprocessRun resumed = run("out");
        resumed.existing = ExistingOutput.RESUME;
        resumed.run();
        run("straight").run();
        assertThat(OutputFolder.content(folder.resolve("out"))).isEqualTo(OutputFolder.content(folder.resolve("straight")));
    }

    @Test
    void otherArgumentsAreRefusedByName() {
        interrupt("out");
        PreprocessRun other = run("out");
        other.existing = ExistingOutput.RESUME;
        other.seed = 8;
        assertThatThrownBy(other::run).isInstanceOf(UserException.class).hasMessageContaining("cannot resume: seed was 7").hasMessageContaining("is 8 now");
    }

    @Test
    void changedInputIsRefused() throws IOException {
        interrupt("out");
        CriteoLines.write(folder.resolve("test"), CriteoLines.lines(3, 120));
        PreprocessRun other = run("out");
        other.existing = ExistingOutput.RESUME;
        assertThatThrownBy(other::run).isInstanceOf(UserException.class).hasMessageContaining("cannot resume: test files was");
    }

    @Test
    void anInterruptedRunIsNotSilentlyContinuedOrLost() {
        interrupt("out");
        assertThatThrownBy(run("out")::run).isInstanceOf(UserException.class).hasMessageContaining("--resume").hasMessageContaining("--overwrite");
        PreprocessRun anew = run("out");
        anew.existing = ExistingOutput.OVERWRITE;
        anew.seed = 9;
        assertThat(anew.run().inputRows()).isEqualTo(600);
    }

    @Test
    void overwriteReplacesOnlyWhenTheNewDataSetIsComplete() throws IOException {
        run("out").run();
        var before = OutputFolder.content(folder.resolve("out"));
        PreprocessRun replacing = run("out");
        replacing.existing = ExistingOutput.OVERWRITE;
        replacing.seed = 9;
        replacing.listener = new OneStage();
        assertThatThrownBy(replacing::run).isInstanceOf(Interruption.class);
        assertThat(OutputFolder.content(folder.resolve("out"))).isEqualTo(before);
        replacing.listener = PreprocessListener.SILENT;
        replacing.run();
        assertThat(OutputFolder.content(folder.resolve("out"))).isNotEqualTo(before);
    }

    private void interrupt(String output) {
        PreprocessRun run = run(output);
        run.listener = new OneStage();
        assertThatThrownBy(run::run).isInstanceOf(Interruption.class);
    }

    private PreprocessRun run(String output) {
        PreprocessRun run = new PreprocessRun(folder.resolve(output));
        run.layout = PreprocessRun.narrow(NumericTransform.LOG3, false);
        run.order = RowOrder.RANDOM;
        run.train = train;
        run.test = test;
        return run;
    }
}
