package crosscut.launcher.malformed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong input of the commands that make and look at data sets. */
class MalformedToolInputTest {

    private static final String CSV_SPEC = """
            channel_spec: {categorical: [color], numerical: [price], label: [clicked]}
            feature_spec: {color: {cardinality: 5}, price: {}, clicked: {}}
            source_spec:
              train: [{type: csv, features: [clicked, price, color], files: [train.csv]}]
              test: [{type: csv, features: [clicked, price, color], files: [test.csv]}]
            """;

    private static final String MAPPING = """
            header: false
            columns: [answer, size, colour]
            label: {column: answer, positive: "yes", negative: "no"}
            numerical: [size]
            categorical: [colour]
            """;

    @TempDir
    private Path folder;

    private SmallDataset dataset;

    @BeforeEach
    void writeInput() throws IOException {
        dataset = SmallDataset.write(folder.resolve("set"));
        SmallDataset table = new SmallDataset(folder.resolve("csv"));
        table.text("feature_spec.yaml", CSV_SPEC);
        table.text("train.csv", "1,0.5,4\n0,1.5,0\n");
        table.text("test.csv", "1,0.5,4\n");
        table.text("mapping.yaml", MAPPING);
        table.text("raw.csv", "yes,1,red\nno,2,blue\nno,3,red\n");
    }

    private void refused(int status, String arguments, String mentioned) throws IOException {
        new Refusal(folder).check(status, arguments, List.of(mentioned.split("; ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 | --src_dataset_path=DIR/nowhere                 | DIR/nowhere/feature_spec.yaml; no such file
            1 | --src_dataset_path=DIR/set --src_feature_spec=a.yaml | DIR/set/a.yaml; no such file
            1 | --src_dataset_path=DIR/set --src_batch_size=0  | --src_batch_size; 0
            1 | --src_dataset_path=DIR/set --max_batches_train=0 | --max_batches_train; 0
            1 | --src_dataset_path=DIR/set --max_batches_test=-7 | --max_batches_test; -7
            1 | --src_dataset_path=DIR/set --src_dataset_type=synthetic | --max_batches_train
            1 | --src_dataset_path=DIR/set --src_dataset_type=csv | type split_binary; csv is needed
            1 | --src_dataset_path=DIR/csv                     | no dtype
            1 | --src_dataset_path=DIR/csv --src_dataset_type=parquet | type csv; parquet is needed
            2 | --src_dataset_path=DIR/set --src_batch_size=x  | --src_batch_size x; whole number
            2 | --src_dataset_path=DIR/set --labels=x          | --labels x; coin, planted
            2 | --src_dataset_path=DIR/set --seed=x            | --seed x; whole number
            2 | --src_dataset_path=DIR/set --src_dataset_typ=x | unknown flag --src_dataset_typ; did you mean --src_dataset_type?
            2 | --src_dataset_type=nvt                         | --src_dataset_type nvt; TensorFlow
            """)
    void transcribe(int status, String flags, String mentioned) throws IOException {
        refused(status, "transcribe --dst_dataset_path=DIR/out " + flags, mentioned);
    }

    /** Content of train.csv (\\n is a new line), which holds label, number and id. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `1,0.5,5`          | color; train, sample 0; id 5; [0, 5)
            `1,0.5,-1`         | color; -1
            `1,0.5,red`        | color; red
            `1,0.5,1.5`        | color; 1.5
            `1,0.5,`           | color
            `1,wide,4`         | price; wide
            `1,NaN,4`          | price; NaN
            `1,1e300,4`        | price; train, sample 0; Infinity
            `2,0.5,4`          | clicked; 2
            `,0.5,4`           | clicked
            `1,0.5`            | train.csv
            `1,0.5,4,3`        | train.csv
            `1,0.5,4\n1,0.5`   | train.csv
            ``                 | split train got no samples; DIR/out
            """)
    void transcribedCsv(String content, String mentioned) throws IOException {
        new SmallDataset(folder.resolve("csv")).text("train.csv", content.isEmpty() ? "" : content.replace("\\n", "\n") + "\n");
        refused(Refusal.USER_ERROR, "transcribe --src_dataset_type=csv --src_dataset_path=DIR/csv --dst_dataset_path=DIR/out", mentioned);
    }

    @Test
    void transcribedFilesThatAreMissingOrNoParquet() throws IOException {
        SmallDataset table = new SmallDataset(folder.resolve("csv"));
        Files.delete(folder.resolve("csv/test.csv"));
        refused(Refusal.USER_ERROR, "transcribe --src_dataset_type=csv --src_dataset_path=DIR/csv --dst_dataset_path=DIR/out", "DIR/csv/test.csv");
        table.text("feature_spec.yaml", CSV_SPEC.replace("type: csv", "type: parquet"));
        refused(Refusal.USER_ERROR, "transcribe --src_dataset_type=parquet --src_dataset_path=DIR/csv --dst_dataset_path=DIR/out", "train.csv");
    }

    @Test
    void transcribedRawFilesWithBadValues() throws IOException {
        byte[] ids = dataset.bytes("train/color.bin");
        ids[7] = 5;
        dataset.bytes("train/color.bin", ids);
        refused(Refusal.USER_ERROR, "transcribe --src_dataset_path=DIR/set --dst_dataset_path=DIR/out", "color; sample 7; 5");
        dataset.bytes("train/color.bin", Arrays.copyOf(ids, 10));
        refused(Refusal.USER_ERROR, "transcribe --src_dataset_path=DIR/set --dst_dataset_path=DIR/out", "train/color.bin has 10 rows");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 | inspect DIR/nowhere                          | DIR/nowhere/feature_spec.yaml; no such file
            1 | inspect DIR/set --feature_spec=a.yaml        | DIR/set/a.yaml; no such file
            1 | inspect DIR/csv                              | no dtype
            2 | inspect                                      | DIR
            2 | inspect DIR/set DIR/csv                      | DIR/csv
            2 | inspect DIR/set --jsn                        | unknown flag --jsn; did you mean --json?
            2 | generate-feature-spec                        | --variant
            2 | generate-feature-spec --variant=criteo       | --variant criteo; criteo_t15_synthetic
            2 | generate-feature-spec --variant=small_synthetic --scale=x | --scale x; number
            1 | generate-feature-spec --variant=small_synthetic --scale=0 --dst=DIR/a.yaml | --scale; 0
            1 | generate-feature-spec --variant=small_synthetic --scale=NaN --dst=DIR/a.yaml | --scale; NaN
            1 | generate-feature-spec --variant=criteo_t0_synthetic --scale=1e9 --dst=DIR/a.yaml | 32 bits
            2 | inspekt DIR/set                              | unknown command 'inspekt'; did you mean inspect?
            2 | doctor --fast                                | unknown flag --fast
            """)
    void inspectAndGenerateFeatureSpec(int status, String arguments, String mentioned) throws IOException {
        refused(status, arguments, mentioned);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            1 | --train=DIR/none.csv --test=DIR/csv/test.csv | DIR/none.csv
            1 | --train=DIR/csv --test=DIR/csv/test.csv | DIR/csv
            1 | --train=DIR/csv/raw.csv --resume --overwrite | --resume
            1 | --train=DIR/csv/raw.csv --frequency_threshold=-1 | --frequency_threshold -1
            1 | --train=DIR/csv/raw.csv --split=thirds  | thirds
            1 | --train=DIR/csv/raw.csv --split=row_index%5==9 | row_index % 5 == 9
            1 | --train=DIR/csv/raw.csv --split=row_index;DROP | row_index;DROP
            1 | --train=DIR/csv/raw.csv --memory_limit=much --test=DIR/csv/test.csv | --memory_limit much
            1 | --train=DIR/csv/raw.csv --threads=0 --test=DIR/csv/test.csv | --threads 0
            1 | --train=DIR/csv/raw.csv --max_bad_lines=-1 --test=DIR/csv/test.csv | --max_bad_lines -1
            1 | --train=DIR/csv/raw.csv                 | no test files; --test
            1 | --train=DIR/csv/raw.csv --test=DIR/csv/none.csv | DIR/csv/none.csv
            1 | --train=DIR/csv/raw.csv --test=DIR/csv/raw.csv --numeric_transform=log7 | log7
            1 | --train=DIR/csv/raw.csv --layout=criteo --test=DIR/csv/raw.csv | criteo; --frequency_threshold
            1 | --train=DIR/csv/raw.csv --layout=DIR/none.yaml | DIR/none.yaml; no such file
            1 | --train=DIR/csv/raw.csv --layout=excel  | --layout excel
            1 | --train=DIR/csv/raw.csv --layout=DIR/set/feature_spec.yaml | DIR/set/feature_spec.yaml
            1 | --train=DIR/csv/raw.csv --test=DIR/csv/raw.csv | DIR/csv/raw.csv; twice
            2 | --train=DIR/csv/raw.csv --order=sorted  | --order sorted; random, input
            2 | --train=DIR/csv/raw.csv --threads=x     | --threads x; whole number
            2 | --train                                 | --train
            """)
    void preprocess(int status, String flags, String mentioned) throws IOException {
        refused(status, "preprocess --layout=DIR/csv/mapping.yaml --output=DIR/out " + flags, mentioned);
    }
}
