package crosscut.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import crosscut.bench.ModelSize;
import crosscut.bench.operation.OperationBenchmark;
import crosscut.engine.UserException;
import crosscut.engine.config.Precision;
import crosscut.engine.profile.DeviceCeilings;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs through JMH, and what is refused before. */
class BenchmarkRunTest {

    private static final Effort SHORTEST = new Effort(1, 3, 0.02);

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Nothing is measured here, so others may. */
    @BeforeAll
    static void ignoreOtherRuns() {
        System.setProperty("jmh.ignoreLock", "true");
    }

    private int execute(String... arguments) {
        return BenchMain.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private void run(Suite suite, long availableBytes) {
        new BenchmarkRun(new PrintWriter(out), OutputFolder.open(folder, "some"), availableBytes).run(List.of(suite), Conditions.atStart("some", 1));
    }

    @Test
    void aRunWritesWhatItMeasured() throws IOException {
        Selection selection = new Selection(List.of(ModelSize.SMALL), List.of(Precision.FP32), 1, SHORTEST);
        run(StepSuite.inference(selection, List.of(4)), Long.MAX_VALUE);
        assertThat(out.toString()).contains("[1/1] score, batchSize 4, precision FP32, size SMALL: ");
        assertThat(folder.resolve("some.md")).content().contains("| threads | 1 |", "## Inference", "| SMALL | FP32 | 4 |", "## What the machine did at best");
        JsonNode results = JsonMapper.shared().readTree(Files.readString(folder.resolve("some.json")));
        JsonNode row = results.get("tables").get(0).get("rows").get(0);
        double milliseconds = row.get("ms").asDouble();
        assertThat(row.get("samples/s").asDouble()).isCloseTo(4 / milliseconds * 1e3, withPercentage(1e-6));
        assertThat(results.get("ceilings").get(0).get("copy_bytes_per_second").asDouble()).isGreaterThan(1e8);
        JsonNode byJmh = JsonMapper.shared().readTree(Files.readString(folder.resolve("some.jmh.json"))).get(0);
        assertThat(byJmh.get("primaryMetric").get("scoreUnit").asString()).isEqualTo("us/op");
        assertThat(byJmh.get("primaryMetric").get("scorePercentiles").get("50.0").asDouble())
                .isCloseTo(row.get("median ms").asDouble() * 1e3, withPercentage(1e-6));
    }

    @Test
    void whatWasMeasuredBeforeAFailureAndWhatWasLeftOutIsWritten() {
        Suite measured = new BindingSuite(SHORTEST, "libcuda.so.1: no such file");
        Case first = measured.cases().getFirst();
        Case failing = new Case(OperationBenchmark.class, "launch", Map.of("operation", "NoSuchOp", "threads", "1"), SHORTEST, null, 0);
        Suite both = new Suite() {

            @Override
            public List<Case> cases() {
                return List.of(first, failing);
            }

            @Override
            public List<String> leftOut() {
                return measured.leftOut();
            }

            @Override
            public Table table(Results results) {
                return measured.table(results);
            }
        };
        assertThatThrownBy(() -> run(both, Long.MAX_VALUE)).isInstanceOf(UserException.class).hasMessageContaining("NoSuchOp");
        assertThat(out.toString().lines().findFirst()).hasValueSatisfying(line -> assertThat(line).startsWith("left out: ").contains("libcuda.so.1"));
        assertThat(folder.resolve("some.md")).content().contains("| strlen of 10 characters | JNI", "## Left out", "libcuda.so.1: no such file");
        assertThat(folder.resolve("some.json")).content().contains("libcuda.so.1: no such file");
        assertThat(folder.resolve("some.jmh.json")).content().contains("lengthByJni");
    }

    @Test
    void whatDoesNotFitIsLeftOutAndSaid() {
        Selection selection = new Selection(List.of(ModelSize.FULL), List.of(Precision.FP32), 1, SHORTEST);
        assertThatThrownBy(() -> run(StepSuite.training(selection, List.of(65_536)), 8L << 30)).isInstanceOf(UserException.class)
                .hasMessage("no benchmark of this preset fits into memory");
        assertThat(out.toString()).startsWith("left out: step, batchSize 65536, precision FP32, size FULL needs ")
                .contains("but 8.0 GiB of memory are available").hasLineCount(1);
        assertThat(folder.resolve("some.md")).doesNotExist();
    }

    @Test
    void aFailingBenchmarkIsNamedWithTheLog() {
        Case failing = new Case(OperationBenchmark.class, "launch", Map.of("operation", "NoSuchOp", "threads", "1"), SHORTEST, null, 0);
        try (PrintStream log = OutputFolder.open(folder, "some").print(".log")) {
            JmhRuns runs = new JmhRuns(log, folder.resolve("some.log"));
            assertThatThrownBy(() -> runs.run(failing, false)).isInstanceOf(UserException.class).hasMessageContaining("operation NoSuchOp")
                    .hasMessageContaining("some.log").message().hasLineCount(1);
        }
        assertThat(folder.resolve("some.log")).content().contains("no op is called NoSuchOp; there are ");
    }

    @Test
    void mistakesAreToldInOneLineBeforeAnythingRuns() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(execute("nonsense")).isEqualTo(1);
        assertThat(execute("quick", "--out", file.toString())).isEqualTo(1);
        assertThat(execute("quick", "--threads", "0")).isEqualTo(1);
        assertThat(execute("quick", "--seconds", "-1")).isEqualTo(1);
        assertThat(execute("quick", "--precision", "fp16")).isEqualTo(1);
        assertThat(execute("quick", "--size", "huge")).isEqualTo(2);
        assertThat(execute("quick", "--thread", "1")).isEqualTo(2);
        assertThat(execute("accuracy", "--recipes", folder.resolve("none").toString(), "--out", folder.toString())).isEqualTo(1);
        assertThat(execute("accuracy", "--recipes", folder.toString(), "--out", folder.toString())).isEqualTo(1);
        assertThat(execute("accuracy", "--seeds", "0")).isEqualTo(1);
        assertThat(execute("accuracy", "--seconds", "1")).isEqualTo(1);
        assertThat(execute("ops", "--seeds", "3")).isEqualTo(1);
        assertThat(execute("accuracy", "--seeds", "few")).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(13).allMatch(line -> line.startsWith("crosscut: ")).satisfiesExactly(
                line -> assertThat(line).contains("unknown preset 'nonsense': it must be one of quick, "),
                line -> assertThat(line).contains("--out: cannot write to " + file + ": it exists and is not a folder"),
                line -> assertThat(line).contains("--threads 0 must be at least 1"), line -> assertThat(line).contains("--seconds -1.0 must be above 0"),
                line -> assertThat(line).contains("--precision fp16: processors compute in fp32 and bf16 only"),
                line -> assertThat(line).contains("--size").contains("huge"), line -> assertThat(line).contains("did you mean --threads?"),
                line -> assertThat(line).contains("--recipes: there is no folder " + folder.resolve("none")),
                line -> assertThat(line).contains("--recipes: there is no recipe (*.train) in " + folder),
                line -> assertThat(line).contains("--seeds 0 must be at least 1"),
                line -> assertThat(line).contains("--seconds do nothing with the preset accuracy"),
                line -> assertThat(line).contains("--seeds do nothing with the preset ops"), line -> assertThat(line).contains("--seeds").contains("few"));
    }

    @Test
    void helpListsThePresets() {
        assertThat(execute("--help")).isZero();
        for (Preset preset : Preset.values()) {
            assertThat(out.toString()).contains(preset.text() + " (");
        }
    }

    @Test
    void reportsShowFourDigitsAndNoInvalidNumbers() {
        Table table = new Table("x", "X", "Note.", List.of(TimeColumns.columns("op", "a|b", "ns", 12.34567, "large", 1234567.8, "none", Double.NaN, "n", 3,
                "all", List.of(0.5, 0.123456))));
        Report report = new Report(Map.of("preset", "x"), Map.of(new CeilingsProfiler.Settings(2, Precision.BF16), new DeviceCeilings(5e10, 4.5e11)),
                List.of(table), List.of("y needs more"));
        assertThat(report.toMarkdown()).contains("| op | ns | large | none | n | all |",
                "| a\\|b | 12.35 | 1,234,568 |  | 3 | 0.5000, 0.1235 |", "| 2 | BF16 | 50.00 | 450.0 |",
                "- y needs more");
        JsonNode row = JsonMapper.shared().readTree(report.toJson()).get("tables").get(0).get("rows").get(0);
        assertThat(row.get("ns").asDouble()).isEqualTo(12.34567);
        assertThat(row.get("none").isNull()).isTrue();
        assertThat(row.get("all").get(1).asDouble()).isEqualTo(0.123456);
    }
}
