package crosscut.engine.data.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crosscut.engine.data.FeatureSpec.Feature;
import crosscut.engine.data.RawBinarySpecs;
import crosscut.engine.data.RawBinaryWriter;
import crosscut.engine.data.TestResources;
import crosscut.engine.data.tools.FileReport.Violation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class InspectorTest {

    @TempDir
    Path folder;

    @Test
    void findsTheStatisticsRecordedForNvidiasFiles() throws IOException {
        InspectionReport report = Inspector.inspect(TestResources.nvidia("small_16x512/feature_spec.yaml"));
        JsonNode expected = new ObjectMapper().readTree(Files.readString(TestResources.nvidia("small_16x512_expected_stats.json")));
        assertThat(report.files()).hasSize(22);
        for (FileReport file : report.files()) {
            JsonNode recorded = expected.get(file.split()).get(file.file());
            assertThat(file.rows()).isEqualTo(recorded.get("rows").asLong());
            assertThat(file.dtype()).isEqualTo(recorded.get("dtype").asString());
            assertThat(file.min()).isEqualTo(recorded.get("min").asDouble());
            assertThat(file.max()).isEqualTo(recorded.get("max").asDouble());
            assertThat(file.mean()).isCloseTo(recorded.get("mean").asDouble(), within(1e-9));
            assertThat(file.violation()).isNull();
            if (!recorded.get("unique").isNull()) {
                assertThat(file.distinct()).isEqualTo(recorded.get("unique").asLong());
            }
        }
        JsonNode json = new ObjectMapper().readTree(report.toJson());
        assertThat(json.get("files").get(0).get("values_per_row").asInt()).isEqualTo(1);
        assertThat(report.toTable()).contains("train/cat_8.bin").hasLineCount(23);
    }

    @Test
    void namesFeatureSampleAndValueOfWhatMustNotBeThere() {
        Path target = folder.resolve("bad");
        writeBadSet(target);
        InspectionReport report = Inspector.inspect(target.resolve("feature_spec.yaml"));
        assertThat(report.filesWithViolations()).extracting(FileReport::file)
                .containsExactlyInAnyOrder("test/label.bin", "test/numerical.bin", "test/cat_0.bin");
        assertThat(violation(report, "test/label.bin")).isEqualTo(new Violation("l", 2, 7, 1, "is neither 0 nor 1"));
        assertThat(violation(report, "test/cat_0.bin")).isEqualTo(new Violation("c", 0, 100, 2, "is outside [0, 100), the cardinality of the feature spec"));
        Violation number = violation(report, "test/numerical.bin");
        assertThat(number.feature()).isEqualTo("b");
        assertThat(number.sample()).isEqualTo(1);
        assertThat(number.value()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(report.toTable()).contains("test/cat_0.bin: feature c, sample 0: 100 is outside [0, 100)", "2 such values",
                "feature b, sample 1: Infinity is not a finite number");
        FileReport ids = report.files().stream().filter(file -> file.file().equals("test/cat_0.bin")).findFirst().orElseThrow();
        assertThat(ids.distinct()).isEqualTo(3);
        assertThat(ids.max()).isEqualTo(100);
        assertThat(ids.min()).isEqualTo(-1);
    }

    private static Violation violation(InspectionReport report, String file) {
        return report.files().stream().filter(candidate -> candidate.file().equals(file)).findFirst().orElseThrow().violation();
    }

    private static void writeBadSet(Path target) {
        try (RawBinaryWriter writer = RawBinaryWriter.open(target,
                RawBinarySpecs.create(List.of(Feature.categorical("c", 100, 2)), List.of("a", "b"), "l", List.of("train", "test"), Map.of()), false)) {
            RawBinaryWriter.Split train = writer.split("train");
            train.appendLabels(new byte[] {1}, 1);
            train.appendNumerical(new float[] {1, 2}, 1);
            train.appendIds(0, new int[] {99, 0}, 1);
            RawBinaryWriter.Split test = writer.split("test");
            test.appendLabels(MemorySegment.ofArray(new byte[] {1, 0, 7}));
            test.appendNumerical(MemorySegment.ofArray(new short[] {0, 0, 0x3c00, 0x7c00, 0x7e00, 0}));
            test.appendIds(0, MemorySegment.ofArray(new byte[] {1, 100, 2, 2, 50, -1}));
            writer.finish();
        }
    }
}
