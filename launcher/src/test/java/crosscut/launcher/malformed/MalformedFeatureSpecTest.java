package crosscut.launcher.malformed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A feature spec with one thing wrong, given to train. */
class MalformedFeatureSpecTest {

    @TempDir
    private Path folder;

    @Test
    void theUnspoiledDataSetTrains() {
        SmallDataset.write(folder.resolve("set"));
        assertThat(new Refusal(folder).run(SmallDataset.FLAGS)).satisfies(result -> assertThat(result.status()).as(result.err()).isZero());
    }

    /** What is replaced (the last time it occurs), by what, and what the message must hold; \\n stands for a new line. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, quoteCharacter = '`', textBlock = """
            channel_spec:                           | channels:                             | feature_spec.yaml; unknown key channels
            feature_spec:                           | features:                             | unknown key features
            source_spec:                            | sources:                              | unknown key sources
            categorical: [color, shop]              | categories: [color, shop]             | channel_spec; unknown key categories
            label: [clicked]                        | labels: [clicked]                     | unknown key labels
            label: [clicked]                        | label: []                             | label; exactly one; 0
            label: [clicked]                        | label: [clicked, price]               | label; exactly one; 2
            label: [clicked]                        | label: clicked                        | label; must be a list; 'clicked'
            numerical: [price, age]                 | numerical: [price, price]             | numerical; price; twice
            categorical: [color, shop]              | categorical: [color, shop, size]      | categorical; size; does not describe
            categorical: [color, shop]              | categorical: [color]                  | shop; what feature
            categorical: [color, shop]              | categorical: [color, shop, age]       | age; both as categorical and as numerical
            `  categorical: [color, shop]\n  n`     | ` categorical: [color, shop]\n  n`    | YAML at line 3
            `color: {dtype: int8, cardinality: 5}`  | `color: {dtype: int8, cardinality: 5` | YAML at line
            `color: {dtype: int8, cardinality: 5}`  | `color: {dtype: int8}`                | color; no cardinality
            cardinality: 5                          | cardinality: 0                        | color; cardinality; 1 or more; 0
            cardinality: 5                          | cardinality: -5                       | color; cardinality; -5
            cardinality: 5                          | cardinality: 5.5                      | color; cardinality; 5.5
            cardinality: 5                          | cardinality: many                     | color; cardinality; 'many'
            cardinality: 5                          | cardinality: 200                      | color; cardinality 200; int8; int16
            cardinality: 300                        | cardinality: 99999999999999999999     | shop; cardinality; 99999999999999999999
            cardinality: 300                        | cardinality: 3000000000               | shop; cardinality 3000000000; 32 bits
            cardinality: 5                          | cardinality: auto                     | color; cardinality auto
            cardinality: 5                          | `cardinality: 5, hotness: 0`          | color; hotness; 0
            cardinality: 5                          | `cardinality: 5, hotness: 40000`      | color; hotness; 40000
            cardinality: 5                          | `cardinality: 5, alpha: .nan`         | color; alpha; number
            cardinality: 5                          | `cardinality: 5, cardinalty: 6`       | color; unknown key cardinalty
            dtype: int8                             | dtype: int4                           | color; dtype int4
            dtype: int8                             | dtype: int64                          | color; dtype int64
            dtype: int8                             | dtype: float16                        | color; dtype float16
            dtype: int8                             | dtype: [int8]                         | color; dtype; must be text; a list
            `  age: {dtype: float16}`               | `  age: {dtype: float32}`             | age; dtype float32; float16
            `  age: {dtype: float16}`               | `  age: {}`                           | age; no dtype
            `  age: {dtype: float16}`               | `  age: {dtype: float16, hotness: 2}` | age; numerical; hotness 2
            `  age: {dtype: float16}`               | `  price: {dtype: float16}`           | duplicate key price
            dtype: bool                             | dtype: int32                          | clicked; dtype int32; bool
            `features: [color], files`              | `features: [colour], files`           | train; colour
            `features: [color], files`              | `features: [color, shop], files`      | shop
            `features: [price, age], files`         | `features: [age, price], files`       | numerical; order
            [train/color.bin]                       | `[train/color.bin, train/b.bin]`      | color; 2 files
            [train/color.bin]                       | []                                    | no files
            [train/color.bin]                       | [train/shop.bin]                      | train/shop.bin; already
            `type: split_binary, features: [color]` | `type: csv, features: [color]`        | color; type csv; split_binary
            `type: split_binary, features: [color]` | `features: [color]`                   | lacks the key type
            `  train:`                              | `  training:`                         | unknown key training
            `feature_spec:`                         | `12: x\nfeature_spec:`                | key 12; quotes
            `channel_spec:`                         | `metadata: &a [*a]\nchannel_spec:`    | metadata; mapping
            `channel_spec:`                         | `a: &a [x]\nb: &b [*a, *c]\nchannel_spec:` | YAML at line
            `channel_spec:`                         | `metadata: {training_defaults: {bath_size: 3}}\nchannel_spec:` | bath_size; no flag of train
            `channel_spec:`                         | `metadata: {training_defaults: 3}\nchannel_spec:` | metadata.training_defaults; 3
            `channel_spec:`                         | `metadata: {synthetic: {rows: 3}}\nchannel_spec:` | synthetic.rows; no flag
            """)
    void oneMistakeInTheSpec(String right, String wrong, String mentioned) throws IOException {
        SmallDataset dataset = SmallDataset.write(folder.resolve("set"));
        String searched = right.replace("\\n", "\n");
        int at = SmallDataset.SPEC.lastIndexOf(searched);
        assertThat(at).as("the mistake applies").isNotNegative();
        String before = SmallDataset.SPEC.substring(0, at);
        String after = SmallDataset.SPEC.substring(at + searched.length());
        dataset.text("feature_spec.yaml", before + wrong.replace("\\n", "\n") + after);
        new Refusal(folder).check(Refusal.USER_ERROR, SmallDataset.FLAGS, fragments("feature_spec.yaml; " + mentioned));
    }

    /** Whole contents; \\n stands for a new line. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "NULL", textBlock = """
            ``                                    | must be a mapping; empty
            `- a\n- b`                            | must be a mapping; a list
            `just text`                           | must be a mapping; 'just text'
            `feature_spec: {}\nchannel_spec: {}`  | feature_spec; no feature
            `a: [[[[[[[`                          | YAML at line
            `a:\n\t- b`                           | YAML at line 2
            `%TAG ! tag:x\n---\n!!java.util.Date 5` | YAML
            `a: 1\n---\nb: 2`                     | YAML at line
            """)
    void aFileThatIsNoSpec(String content, String mentioned) throws IOException {
        SmallDataset.write(folder.resolve("set")).text("feature_spec.yaml", content.replace("\\n", "\n").replace("\\t", "\t"));
        new Refusal(folder).check(Refusal.USER_ERROR, SmallDataset.FLAGS, fragments("feature_spec.yaml; " + mentioned));
    }

    @Test
    void binaryContent() throws IOException {
        SmallDataset.write(folder.resolve("set")).bytes("feature_spec.yaml", (byte) 0xff, (byte) 0xfe, (byte) 0, (byte) 1);
        new Refusal(folder).check(Refusal.USER_ERROR, SmallDataset.FLAGS, List.of("DIR/set/feature_spec.yaml", "not UTF-8"));
    }

    @Test
    void aFolderInItsPlace() throws IOException {
        Files.createDirectories(folder.resolve("set/feature_spec.yaml"));
        new Refusal(folder).check(Refusal.USER_ERROR, SmallDataset.FLAGS, List.of("DIR/set/feature_spec.yaml", "it is a folder"));
    }

    @Test
    void noSpec() throws IOException {
        Files.createDirectories(folder.resolve("set"));
        new Refusal(folder).check(Refusal.USER_ERROR, SmallDataset.FLAGS, List.of("DIR/set/feature_spec.yaml", "no such file"));
    }

    @Test
    void noFolder() throws IOException {
        new Refusal(folder).check(Refusal.USER_ERROR, SmallDataset.FLAGS, List.of("DIR/set/feature_spec.yaml", "no such file"));
    }

    @Test
    void filesAreWantedFromASpecWithoutAny() throws IOException {
        String spec = SmallDataset.SPEC.substring(0, SmallDataset.SPEC.indexOf("source_spec:")) + "source_spec: null\n";
        SmallDataset.write(folder.resolve("set")).text("feature_spec.yaml", spec);
        new Refusal(folder).check(Refusal.USER_ERROR, SmallDataset.FLAGS, List.of("source_spec is null", "--dataset_type synthetic"));
    }

    private static List<String> fragments(String joined) {
        return Arrays.asList(joined.split("; "));
    }
}
