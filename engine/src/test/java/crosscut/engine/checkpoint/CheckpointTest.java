package crosscut.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.TestModels;
import crosscut.engine.UserException;
import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.TableConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.train.BestResult;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

    @TempDir
    private Path folder;

    private Device device;
    private ModelParameters parameters;

    @BeforeEach
    void allocate() {
        device = TestModels.device(2);
        parameters = ModelParameters.allocate(device, TestModels.small(), Precision.FP32, TestModels.ADAM);
        parameters.initialize(7, false);
    }

    @AfterEach
    void free() {
        parameters.close();
        device.close();
    }

    private static TrainingState state(long step) {
        return new TrainingState(step, new BestResult(0.75, 0.5, step), TestModels.small(), TestModels.ADAM, Map.of("batch_size", "64"), "data 1", List.of());
    }

    private CheckpointWriter writer(int keep) {
        return new CheckpointWriter(device, parameters, new CheckpointConfig(folder, 0, keep, null, false));
    }

    @Test
    void everyTensorComesBackBitForBit() {
        fillMoments();
        Path written = writer(3).write(state(12), false).path();
        Checkpoint checkpoint = Checkpoint.open(written);
        assertThat(checkpoint.state()).isEqualTo(state(12));
        try (ModelParameters other = ModelParameters.allocate(device, TestModels.small(), Precision.FP32, TestModels.ADAM)) {
            checkpoint.restore(device, other, true);
            assertSame(parameters.dense().weights(), other.dense().weights());
            assertSame(parameters.dense().firstMoments(), other.dense().firstMoments());
            assertSame(parameters.dense().secondMoments(), other.dense().secondMoments());
            // All tables are in one memory.
            assertSame(parameters.embeddings().weights(0).memory(), other.embeddings().weights(0).memory());
            assertSame(parameters.embeddings().firstMoments(0).memory(), other.embeddings().firstMoments(0).memory());
            assertSame(parameters.embeddings().secondMoments(0).memory(), other.embeddings().secondMoments(0).memory());
        }
    }

    private void fillMoments() {
        parameters.dense().layout().parameters().forEach(parameter -> {
            parameters.dense().firstMoments().hostSegment().setAtIndex(ValueLayout.JAVA_FLOAT, parameter.elementOffset(), 0.25f);
            parameters.dense().secondMoments().hostSegment().setAtIndex(ValueLayout.JAVA_FLOAT, parameter.elementOffset(), Float.MIN_VALUE);
        });
        parameters.embeddings().firstMoments(0).hostSegment().setAtIndex(ValueLayout.JAVA_FLOAT, 20, -3f);
        parameters.embeddings().secondMoments(0).hostSegment().setAtIndex(ValueLayout.JAVA_FLOAT, 2, 9f);
    }

    private static void assertSame(DeviceMemory expected, DeviceMemory actual) {
        assertThat(MemorySegment.mismatch(expected.hostSegment(), 0, expected.byteSize(), actual.hostSegment(), 0, actual.byteSize())).isEqualTo(-1);
    }

    @Test
    void aFolderStandsForItsNewestCheckpointWhateverItsStep() {
        CheckpointWriter writer = writer(3);
        writer.write(state(500), false);
        writer.write(state(20), false);
        assertThat(Checkpoint.open(folder).state().step()).isEqualTo(20);
    }

    @Test
    void theNewestAndTheBestStay() throws IOException {
        CheckpointWriter writer = writer(2);
        writer.write(state(1), false);
        writer.write(state(2), true);
        writer.write(state(3), false);
        writer.write(state(4), false);
        writer.write(state(5), false);
        assertThat(names()).containsExactly("best", "checkpoint-000002-step-2", "checkpoint-000004-step-4", "checkpoint-000005-step-5");
        assertThat(Checkpoint.open(folder.resolve("best")).state().step()).isEqualTo(2);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatADeadProcessLeftUnfinishedIsIgnoredAndRemoved() throws IOException {
        writer(3).write(state(1), false);
        Path left = Files.createDirectory(folder.resolve(".writing-999999999-checkpoint-000002-step-9"));
        Files.writeString(left.resolve("manifest.json"), "{");
        assertThat(Checkpoint.open(folder).state().step()).isEqualTo(1);
        writer(3);
        assertThat(left).doesNotExist();
    }

    @Test
    void aTruncatedFileIsNamedWithBothSizes() throws IOException {
        Path file = writer(3).write(state(1), false).path().resolve("table-0001.safetensors");
        long size = Files.size(file);
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.truncate(size - 1);
        }
        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(UserException.class)
                .hasMessageContaining(file + " has " + (size - 1) + " bytes, but the manifest says " + size);
    }

    @Test
    void aFlippedBitIsFound() throws IOException {
        Path file = writer(3).write(state(1), false).path().resolve("dense.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 5] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(UserException.class).hasMessageContaining(file + " is damaged: its CRC-32C is");
    }

    @Test
    void aMissingFileAndABrokenManifestAreNamed() throws IOException {
        Path checkpoint = writer(3).write(state(1), false).path();
        Files.delete(checkpoint.resolve("table-0000.safetensors"));
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("table-0000.safetensors is missing from the checkpoint");
        Files.writeString(checkpoint.resolve("manifest.json"), "{\"formatVersion\":1,");
        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(UserException.class).hasMessageContaining("manifest.json is not a checkpoint manifest")
                .message().doesNotContain("\n");
    }

    @Test
    void anEmptyFolderAndAWrongPathAreNamed() {
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining(folder + " is neither a checkpoint nor a folder that holds a finished one");
        assertThatThrownBy(() -> Checkpoint.open(folder.resolve("nowhere"))).hasMessageContaining("nowhere does not exist");
    }

    @Test
    void differencesBetweenTrainingsAreNamed() {
        writer(3).write(state(1), false);
        ModelConfig small = TestModels.small();
        ModelConfig other = new ModelConfig(2, small.tables(), small.bottomMlp(), 3, 3, small.topMlp(), true);
        TrainingState wanted = new TrainingState(0, BestResult.NONE, other, TestModels.ADAM, Map.of("batch_size", "32"), "data 2", List.of());
        assertThatThrownBy(() -> Checkpoint.open(folder).requireSameTraining(wanted)).hasMessageContaining("--num_cross_layers was 2 and is now 3")
                .hasMessageContaining("--batch_size was 64 and is now 32").hasMessageContaining("train data was data 1 and is now data 2");
    }

    @Test
    void ofManyDifferencesTheFirstAreNamed() {
        writer(3).write(state(1), false);
        ModelConfig small = TestModels.small();
        List<TableConfig> renamed = small.tables().stream()
                .map(table -> new TableConfig("other " + table.name(), table.cardinality() + 1, table.dimension(), table.hotness() + 1, table.pooling())).toList();
        int differences = 3 * renamed.size() + 1;
        ModelConfig other = new ModelConfig(small.numericalFeatures() + 1, renamed, small.bottomMlp(), small.crossLayers(), small.projection(), small.topMlp(),
                small.concatBottom());
        assertThatThrownBy(() -> Checkpoint.open(folder).requireFeatures(other)).message().contains("the number of numerical features was")
                .contains("; and " + (differences - 6) + " more. Use the data set");
    }

    @Test
    void aFileInPlaceOfTheFolderIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> new CheckpointWriter(device, parameters, new CheckpointConfig(file, 0, 1, null, false))).isInstanceOf(UserException.class)
                .hasMessageContaining("--save_checkpoint_path " + file);
    }
}
