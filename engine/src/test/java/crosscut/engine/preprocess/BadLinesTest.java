package crosscut.engine.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.preprocess.layout.NumericTransform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad lines that are allowed are counted, told and left out, and only they. */
class BadLinesTest {

    @TempDir
    Path folder;

    @Test
    void aFileWithBadLinesGivesWhatTheGoodLinesAloneGive() throws IOException {
        List<String> good = CriteoLines.lines(1, 50);
        List<String> all = new ArrayList<>(good);
        all.add(30, good.get(3) + "\t");
        all.add(20, "x" + good.get(4));
        all.add(10, "1\t2");
        all.add(5, "");
        List<Path> test = List.of(CriteoLines.write(folder.resolve("test"), CriteoLines.lines(2, 10)));

        PreprocessRun clean = run("clean", CriteoLines.write(folder.resolve("good"), good), test);
        clean.run();
        PreprocessRun tolerant = run("tolerant", CriteoLines.write(folder.resolve("all.gz"), all, "\r\n"), test);
        List<String> warnings = new ArrayList<>();
        tolerant.maxBadLines = 3;
        tolerant.listener = new PreprocessListener() {
            @Override
            public void warned(String message) {
                warnings.add(message);
            }
        };
        PreprocessSummary summary = tolerant.run();

        assertThat(summary.badLines()).isEqualTo(3);
        assertThat(summary.splits().getFirst().rows()).isEqualTo(50);
        assertThat(warnings).hasSize(3);
        assertThat(warnings.get(0)).contains("line 12 has 2 fields");
        assertThat(warnings.get(1)).contains("line 34 has 41 fields");
        assertThat(warnings.get(2)).contains("line 23 is no sample: the label is 'x");
        assertThat(OutputFolder.content(folder.resolve("tolerant"))).isEqualTo(OutputFolder.content(folder.resolve("clean")));
    }

    private PreprocessRun run(String output, Path train, List<Path> test) {
        PreprocessRun run = new PreprocessRun(folder.resolve(output));
        run.layout = PreprocessRun.narrow(NumericTransform.LOG3, true);
        run.train = List.of(train);
        run.test = test;
        return run;
    }
}
