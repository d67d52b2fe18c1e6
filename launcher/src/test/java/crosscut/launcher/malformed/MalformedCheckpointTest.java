package crosscut.launcher.malformed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints that cannot be restored. */
class MalformedCheckpointTest {

    private static final String RESTORE = " --restore_checkpoint_path=DIR/saved";

    @TempDir
    private Path folder;

    private SmallDataset dataset;
    private Path checkpoint;

    @BeforeEach
    void writeCheckpoint() throws IOException {
        dataset = SmallDataset.write(folder.resolve("set"));
        assertThat(new Refusal(folder).run(SmallDataset.FLAGS + " --max_steps=2 --save_checkpoint_path=DIR/saved").status()).isZero();
        try (Stream<Path> entries = Files.list(folder.resolve("saved"))) {
            checkpoint = entries.filter(entry -> entry.getFileName().toString().startsWith("checkpoint-")).findFirst().orElseThrow();
        }
    }

    private void refused(String moreFlags, String mentioned) throws IOException {
        new Refusal(folder).check(Refusal.USER_ERROR, SmallDataset.FLAGS + moreFlags, List.of(mentioned.split("; ")));
    }

    @Test
    void theUnspoiledOneIsResumed() {
        assertThat(new Refusal(folder).run(SmallDataset.FLAGS + RESTORE)).satisfies(result -> assertThat(result.status()).as(result.err()).isZero());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --restore_checkpoint_path=DIR/nowhere               | --restore_checkpoint_path DIR/nowhere does not exist
            --restore_checkpoint_path=DIR/set                   | DIR/set is neither a checkpoint nor a folder that holds
            --restore_checkpoint_path=DIR/set/feature_spec.yaml | DIR/set/feature_spec.yaml is neither a checkpoint nor
            --mode=eval --restore_checkpoint_path=DIR/nowhere   | --restore_checkpoint_path DIR/nowhere does not exist
            --mode=inference --restore_checkpoint_path=DIR/set  | DIR/set is neither a checkpoint nor
            """)
    void noCheckpoint(String flags, String mentioned) throws IOException {
        refused(" " + flags, mentioned);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --max_steps=2              | already has 2 steps; --max_steps
            --batch_size=8             | --batch_size was 16 and is now 8; --restore_weights_only
            --seed=3                   | --seed was 0 and is now 3
            --shuffle                  | --shuffle was false and is now true
            --precision=bf16           | --precision was fp32 and is now bf16
            --optimizer=sgd            | ADAM; SGD
            --learning_rate=0.5        | 1.0E-4; 0.5
            --embedding_dim=8          | --embedding_dim of color was 4 and is now 8
            --top_mlp_dims=4,1         | --top_mlp_dims was [8, 1] and is now [4, 1]
            --num_cross_layers=2       | --num_cross_layers was 1 and is now 2
            --cross_layer_projection_dim=0 | --cross_layer_projection_dim was 2 and is now 0
            --no-concat_bottom_mlp     | --concat_bottom_mlp was true and is now false
            --pooling=mean             | --pooling of color was SUM and is now MEAN
            --restore_weights_only --embedding_dim=8    | weights; --embedding_dim of color was 4 and is now 8
            --restore_weights_only --num_cross_layers=2 | weights; --num_cross_layers was 1 and is now 2
            """)
    void otherFlags(String flags, String mentioned) throws IOException {
        refused(RESTORE + " " + flags, mentioned);
    }

    @Test
    void otherData() throws IOException {
        byte[] label = dataset.bytes("train/label.bin");
        label[1] = (byte) (1 - label[1]);
        dataset.bytes("train/label.bin", label);
        refused(RESTORE, "train data was tf_raw train, 64 samples; and is now");
    }

    @ParameterizedTest
    @CsvSource({"''", "--mode=eval", "--restore_weights_only"})
    void otherFeatures(String flags) throws IOException {
        dataset.text("feature_spec.yaml", SmallDataset.SPEC.replace("cardinality: 300", "cardinality: 301"));
        refused(RESTORE + " " + flags, "cardinality of shop was 300 and is now 301");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            manifest.json          | {             | manifest.json is not a checkpoint manifest
            manifest.json          | []            | manifest.json is not a checkpoint manifest
            manifest.json          | null          | manifest.json is not a checkpoint manifest
            manifest.json          | {}            | manifest.json; formatVersion
            manifest.json          | {"formatVersion": 99} | manifest.json has format version 99; version 1
            dense.safetensors      | x             | dense.safetensors has 1 bytes, but the manifest says; truncated
            table-0001.safetensors | x             | table-0001.safetensors has 1 bytes, but the manifest says
            """)
    void aFileWithOtherContent(String file, String content, String mentioned) throws IOException {
        Files.writeString(checkpoint.resolve(file), content);
        refused(RESTORE, mentioned);
        refused(RESTORE + " --mode=eval", mentioned);
    }

    @Test
    void aManifestWithoutItsParts() throws IOException {
        String manifest = Files.readString(checkpoint.resolve("manifest.json"));
        Files.writeString(checkpoint.resolve("manifest.json"), manifest.replaceFirst("\"state\"", "\"other\""));
        refused(RESTORE, "manifest.json is not a checkpoint manifest");
        Files.writeString(checkpoint.resolve("manifest.json"), manifest.replaceFirst("\"files\"", "\"other\""));
        refused(RESTORE, "manifest.json is not a checkpoint manifest");
        Files.writeString(checkpoint.resolve("manifest.json"), manifest.replaceFirst("\"step\" : 2", "\"step\" : \"two\""));
        refused(RESTORE, "manifest.json is not a checkpoint manifest");
    }

    @ParameterizedTest
    @CsvSource({"dense.safetensors", "table-0000.safetensors"})
    void aDamagedOrMissingFile(String file) throws IOException {
        byte[] content = Files.readAllBytes(checkpoint.resolve(file));
        content[content.length - 3] ^= 1;
        Files.write(checkpoint.resolve(file), content);
        refused(RESTORE, file + " is damaged; CRC-32C; restore from another");
        Files.write(checkpoint.resolve(file), Arrays.copyOf(content, content.length - 1));
        refused(RESTORE, file + " has; truncated");
        Files.delete(checkpoint.resolve(file));
        refused(RESTORE, file + " is missing");
        Files.createDirectory(checkpoint.resolve(file));
        refused(RESTORE, file);
    }
}
