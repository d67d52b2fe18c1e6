package crosscut.engine.checkpoint;

import crosscut.engine.UserException;
import crosscut.engine.checkpoint.Safetensors.FileSummary;
import crosscut.engine.checkpoint.Safetensors.Named;
import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.model.ModelParameters;
import crosscut.kernels.device.Device;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes checkpoints into one folder and keeps it tidy. */
public final class CheckpointWriter {

    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Device device;
    private final ModelParameters parameters;
    private final CheckpointConfig config;
    private final CheckpointFolder folder;

    /**
     * A checkpoint that lies on disk.
     *
     * @param path its folder
     * @param bytes its size
     * @param seconds time it took
     */
    public record Written(Path path, long bytes, double seconds) {}

    /**
     * Prepares the folder, so that a wrong path is found before hours of training.
     *
     * @throws UserException when it cannot be created or written to
     */
    public CheckpointWriter(Device device, ModelParameters parameters, CheckpointConfig config) {
        this.device = device;
        this.parameters = parameters;
        this.config = config;
        this.folder = new CheckpointFolder(config.savePath());
        try {
            folder.prepareForWriting();
        } catch (IOException e) {
            throw failure("cannot prepare --save_checkpoint_path " + config.savePath(), e);
        }
    }

    /**
     * Writes one checkpoint: it has its final name only when every byte of it is on disk.
     *
     * @param best whether its AUC is the best so far
     * @throws UserException when the disk is full or the folder went away; older checkpoints are untouched
     */
    public Written write(TrainingState state, boolean best) {
        long start = System.nanoTime();
        Path unfinished = null;
        try {
            unfinished = folder.createUnfinished(state.step());
            long bytes = writeFiles(unfinished, state);
            Path finished = folder.finish(unfinished);
            if (best) {
                folder.markBest(finished);
            }
            folder.prune(config.keep());
            return new Written(finished, bytes, (System.nanoTime() - start) / 1e9);
        } catch (IOException e) {
            UserException failure = failure("cannot write the checkpoint of step " + state.step() + " to " + config.savePath(), e);
            discard(unfinished, failure);
            throw failure;
        }
    }

    private static UserException failure(String what, IOException cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new UserException(what + " (" + reason + "): older checkpoints there are untouched; free space or choose another folder", cause);
    }

    private static void discard(Path unfinished, UserException failure) {
        try {
            if (unfinished != null) {
                CheckpointFolder.deleteTree(unfinished);
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private long writeFiles(Path unfinished, TrainingState state) throws IOException {
        long bytes = 0;
        List<Manifest.TensorFile> files = new ArrayList<>();
        for (Map.Entry<String, List<Named>> file : ParameterFiles.of(parameters, true).entrySet()) {
            FileSummary summary = Safetensors.write(unfinished.resolve(file.getKey()), device, file.getValue());
            files.add(new Manifest.TensorFile(file.getKey(), summary.bytes(), Long.toHexString(summary.crc32c())));
            bytes += summary.bytes();
        }
        byte[] manifest = JSON.writeValueAsBytes(new Manifest(Manifest.CURRENT_FORMAT, state, files));
        writeSynced(unfinished.resolve(Manifest.FILE_NAME), manifest);
        return bytes + manifest.length;
    }

    private static void writeSynced(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(channel)) {
            out.write(content);
            channel.force(true);
        }
    }
}
