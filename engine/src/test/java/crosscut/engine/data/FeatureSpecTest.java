package crosscut.engine.data;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.data.FeatureSpec.Feature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureSpecTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {
        "small_16x512/feature_spec.yaml", "src_specs/criteo_t0_synthetic.yaml", "src_specs/criteo_t3_synthetic.yaml", "src_specs/criteo_t15_synthetic.yaml",
        "src_specs/small_synthetic.yaml"})
    void writesWhatTheReferenceWroteByteForByte(String name) throws IOException {
        Path file = TestResources.nvidia(name);
        assertThat(FeatureSpecWriter.toYaml(FeatureSpecReader.read(file))).isEqualTo(Files.readString(file));
    }

    @Test
    void readsTheReferencesTranscoderInput() {
        Path file = TestResources.nvidia("csv_input/feature_spec.yaml");
        FeatureSpec spec = FeatureSpecReader.read(file);
        FeatureSpecRules.requireTables(file, spec, "csv");
        assertThat(spec.chunkOf("train", "cat_4.bin").files()).containsExactly("train/catpart1.bin");
        assertThat(spec.feature("label").type()).isNull();
    }

    @Test
    void keepsOrderOfTablesNamesPathsAndMetadata() throws IOException {
        Path file = Files.writeString(folder.resolve("odd.yaml"), """
                channel_spec:
                  categorical: [zebra, 'a b', Äpfel]
                  numerical: []
                  label: ['clicked?']
                feature_spec:
                  'a b': {dtype: int32, cardinality: 100, hotness: 3}
                  zebra: {dtype: int8, cardinality: 4, alpha: 1.2}
                  Äpfel: {dtype: int16, cardinality: 32766}
                  'clicked?': {dtype: bool}
                metadata: {training_defaults: {batch_size: 64, bottom_mlp_dims: '64,16'}, note: [1, 2]}
                source_spec:
                  train: &same
                  - {type: split_binary, features: [zebra], files: [deep/er/z.dat]}
                  - {type: split_binary, features: ['a b'], files: [ab]}
                  - {type: split_binary, features: [Äpfel], files: [ä.bin]}
                  - {type: split_binary, features: ['clicked?'], files: [y]}
                  test: *same
                """);
        FeatureSpec spec = FeatureSpecReader.read(file);
        FeatureSpecRules.requireRawBinary(file, spec);
        assertThat(spec.categorical()).extracting(Feature::name).containsExactly("zebra", "a b", "Äpfel");
        assertThat(spec.feature("a b").idsPerSample()).isEqualTo(3);
        assertThat(spec.metadata()).containsEntry("note", List.of(1, 2))
                .containsEntry("training_defaults", Map.of("batch_size", 64, "bottom_mlp_dims", "64,16"));
        Path copy = folder.resolve("copy.yaml");
        FeatureSpecWriter.write(spec, copy);
        FeatureSpec again = FeatureSpecReader.read(copy);
        assertThat(again.features()).isEqualTo(spec.features());
        assertThat(again.channels()).isEqualTo(spec.channels());
        assertThat(again.metadata()).isEqualTo(spec.metadata());
        assertThat(again.splits().get("test")).containsExactlyInAnyOrderElementsOf(spec.splits().get("test"));
    }

    @Test
    void writesAutomaticCardinalityAsAuto() throws IOException {
        Path file = Files.writeString(folder.resolve("auto.yaml"), """
                channel_spec: {categorical: [c], numerical: [], label: [l]}
                feature_spec: {c: {cardinality: auto}, l: {}}
                source_spec:
                  train: [{type: csv, features: [c, l], files: [a.csv]}]
                  test: [{type: csv, features: [c, l], files: [b.csv, c.csv]}]
                """);
        assertThat(FeatureSpecWriter.toYaml(FeatureSpecReader.read(file))).contains("c:\n    cardinality: auto\n");
    }

    @ParameterizedTest
    @CsvSource({"1, INT8", "126, INT8", "127, INT16", "32766, INT16", "32767, INT32", "2147483646, INT32"})
    void picksTheTypesOfTheReference(long cardinality, ColumnType type) {
        assertThat(ColumnType.narrowestFor(cardinality)).isEqualTo(type);
    }
}
