package crosscut.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command from its flags to its report. */
class PreprocessCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeInput() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int row = 0; row < 40; row++) {
            lines.append(row % 2 == 0 ? "yes" : "no").append(',').append(row).append(',').append("colour").append(row % 3).append('\n');
        }
        Files.writeString(folder.resolve("data.csv"), lines);
        Files.writeString(folder.resolve("mapping.yaml"), """
                header: false
                columns: [answer, size, colour]
                label: {column: answer, positive: "yes", negative: "no"}
                numerical: [size]
                categorical: [colour]
                """);
    }

    @Test
    void reportsRowsColumnsAndProgress() {
        assertThat(run("--split", "row_index % 5 == 4", "--missing-flags", "--numeric_transform=log1p")).isZero();
        assertThat(out.toString()).containsPattern("train +32 +50.00 %").containsPattern("test +8 +50.00 %").containsPattern("colour +4 +0.00 %")
                .contains("40 rows in", "rows/s");
        assertThat(err.toString()).contains("[1/10] check file 1, data.csv: 40 rows").contains("[10/10] write test categorical colour: 8 rows");
        assertThat(folder.resolve("out").resolve("feature_spec.yaml")).content().contains("size_missing");
    }

    @Test
    void refusesWithOneLineAndAnExitStatus() {
        assertThat(run()).isEqualTo(CommandLineMain.USER_ERROR);
        assertThat(err.toString()).startsWith("crosscut: no test files").hasLineCount(1);
        assertThat(run("--split", "thirds")).isEqualTo(CommandLineMain.USER_ERROR);
        assertThat(run("--overwrite", "--resume")).isEqualTo(CommandLineMain.USER_ERROR);
        assertThat(run("--frequency_threshold", "-1")).isEqualTo(CommandLineMain.USER_ERROR);
        assertThat(run("--memory_limit", "much", "--split", "row_index % 5 == 4")).isEqualTo(CommandLineMain.USER_ERROR);
        assertThat(run("--order", "sorted")).isEqualTo(CommandLineMain.USAGE_ERROR);
        assertThat(execute("preprocess", "--layout", "criteo", "--train", "x", "--test", "y", "--output", folder.resolve("out").toString()))
                .isEqualTo(CommandLineMain.USER_ERROR);
        assertThat(err.toString()).contains("--layout criteo needs --frequency_threshold");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private int run(String... more) {
        List<String> arguments = new ArrayList<>(List.of("preprocess", "--layout", folder.resolve("mapping.yaml").toString(), "--train",
                folder.resolve("data.csv").toString(), "--output", folder.resolve("out").toString()));
        arguments.addAll(List.of(more));
        return execute(arguments.toArray(String[]::new));
    }

    private int execute(String... arguments) {
        err.getBuffer().setLength(0);
        return CommandLineMain.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
