package crosscut.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunReportTest {

    @TempDir
    private Path facts;

    @TempDir
    private Path target;

    @BeforeEach
    void writeFacts() throws IOException {
        write("environment", "date=2026-12-01T10:00:00Z", "name=NVIDIA H200");
        write("sections", "conformance failed 61", "profile passed 70", "race skipped 0");
        write("said-conformance", "2 classes, 1 failed");
        write("said-race", "no PyTorch on this machine");
        write("conformance", "b.BConformanceTest 134 3", "a.AConformanceTest 1 5");
        write("training-tf32.jsonl", "DLLL {\"type\":\"LOG\",\"step\":50,\"data\":{\"loss\":0.5}}",
                "DLLL {\"type\":\"LOG\",\"step\":[],\"data\":{\"throughput\":2200000.0,\"steps\":600}}");
        write("training-amp.jsonl", "DLLL {\"type\":\"LOG\",\"step\":50,\"data\":{\"loss\":0.5}}");
        Files.createDirectories(facts.resolve("reports/a.AConformanceTest"));
        write("reports/a.AConformanceTest/TEST-jqwik.xml", "<testsuite tests=\"3\" skipped=\"1\" failures=\"1\" errors=\"0\">",
                "<testcase name=\"sums(float)\"><failure message=\"expected 1&#10;but was 2\" type=\"x\"/></testcase><testcase name=\"other\"/></testsuite>");
        write("reports/a.AConformanceTest/TEST-junit-jupiter.xml", "<testsuite tests=\"2\" skipped=\"0\" failures=\"0\" errors=\"0\"/>");
    }

    private void write(String name, String... lines) throws IOException {
        Files.write(facts.resolve(name), List.of(lines));
    }

    @Test
    void countsTestsAndNamesFailures() throws IOException {
        List<?> conformance = (List<?>) RunReport.collect(facts).get("conformance");
        assertThat(conformance.get(0)).isEqualTo(Map.of("class", "a.AConformanceTest", "exit_status", 1, "seconds", 5, "tests", 5, "skipped", 1, "failures", 1,
                "errors", 0, "failed", List.of("sums(float): expected 1")));
        assertThat(conformance.get(1)).as("a crash leaves no report").isEqualTo(Map.of("class", "b.BConformanceTest", "exit_status", 134, "seconds", 3));
    }

    @Test
    void holdsTargetsAgainstWhatRunsReachedThatCameToTheirEnd() throws IOException {
        List<?> targets = (List<?>) RunReport.collect(facts).get("targets");
        assertThat(targets).map(target -> ((Target) target).verdict()).containsExactly("not measured", "reached", "not measured", "not measured");
        assertThat(new Target("speed", 2, 3, 1.9).verdict()).isEqualTo("missed");
        assertThat(new Target("speed", 2, 3, 3.0).verdict()).isEqualTo("goal reached");
    }

    @Test
    void writesJsonForProgramsAndMarkdownForPeople() throws IOException {
        RunReport.main(new String[] {facts.toString(), target.toString()});
        JsonNode json = new JsonMapper().readTree(Files.readAllBytes(target.resolve("results.json")));
        assertThat(json.at("/environment/name").asString()).isEqualTo("NVIDIA H200");
        assertThat(json.at("/sections/2/result").asString()).isEqualTo("skipped");
        assertThat(json.at("/targets/1/measured").asDouble()).isEqualTo(2.2e6);
        assertThat(json.at("/measurements/training-tf32/steps").asInt()).isEqualTo(600);
        assertThat(Files.readString(target.resolve("results.md"))).contains("| name | NVIDIA H200 |", "### race: skipped after 0 s",
                "no PyTorch on this machine",
                "| training TF32, batch 65,536, samples/s | 2,000,000 | 2,500,000 | 2,200,000 | reached |",
                "| b.BConformanceTest | 134 | - | no report | - | 3 |", "- a.AConformanceTest: sums(float): expected 1");
    }

    @Test
    void aRunThatDidNothingStillHasAReport(@TempDir Path nothing) throws IOException {
        assertThat(MarkdownReport.of(RunReport.collect(nothing))).contains("not measured");
    }
}
