package crosscut.engine.checkpoint;

import crosscut.engine.UserException;
import crosscut.engine.checkpoint.Safetensors.FileSummary;
import crosscut.engine.checkpoint.Safetensors.Named;
import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.data.FileFailure;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.World;
import crosscut.kernels.collective.CollectiveException;
import crosscut.kernels.device.Device;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
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
    private final World world;

    /**
     * A checkpoint that lies on disk.
     *
     * @param path its folder
     * @param bytes its size
     * @param seconds time it took
     */
    public record Written(Path path, long bytes, double seconds) {}

    /** What rank 0 tells the others of a checkpoint that lies on disk. */
    private record Finished(String path, long bytes) {}

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
        this.world = parameters.world();
        try {
            if (world.isFirst()) {
                folder.prepareForWriting();
            }
        } catch (IOException e) {
            throw new UserException("--save_checkpoint_path " + config.savePath() + " cannot be written to (" + FileFailure.reason(e)
                    + "): choose another folder or change its permissions", e);
        }
    }

    /**
     * Writes one checkpoint, all ranks together: it has its final name only when every byte of it is on disk. Rank 0 makes and names the folder; each rank
     * writes its tables.
     *
     * @param best whether its AUC is the best so far
     * @throws UserException when the disk is full or the folder went away; older checkpoints are untouched
     */
    public Written write(TrainingState state, boolean best) {
        long start = System.nanoTime();
        Path unfinished = null;
        try {
            unfinished = world.isFirst() ? folder.createUnfinished(state.step()) : null;
            Path shared = Path.of(tellAll(String.valueOf(unfinished), String.class));
            List<byte[]> written = world.collectives().gather(JSON.writeValueAsBytes(writeTensors(shared)));
            Finished finished = tellAll(world.isFirst() ? finish(shared, state, written, best) : null, Finished.class);
            return new Written(Path.of(finished.path()), finished.bytes(), (System.nanoTime() - start) / 1e9);
        } catch (IOException e) {
            UserException failure = failure("cannot write the checkpoint of step " + state.step() + " to " + config.savePath(), e);
            discard(unfinished, failure);
            throw failure;
        } catch (CollectiveException e) {
            discard(unfinished, e);
            throw e;
        }
    }

    private <T> T tellAll(T ofFirstRank, Class<T> type) {
        return JSON.readValue(world.collectives().broadcast(JSON.writeValueAsBytes(ofFirstRank)), type);
    }

    private List<Manifest.TensorFile> writeTensors(Path unfinished) throws IOException {
        List<Manifest.TensorFile> files = new ArrayList<>();
        for (Map.Entry<String, List<Named>> file : ParameterFiles.toWrite(parameters).entrySet()) {
            FileSummary summary = Safetensors.write(unfinished.resolve(file.getKey()), device, file.getValue());
            files.add(new Manifest.TensorFile(file.getKey(), summary.bytes(), Long.toHexString(summary.crc32c())));
        }
        return files;
    }

    private Finished finish(Path unfinished, TrainingState state, List<byte[]> written, boolean best) throws IOException {
        List<Manifest.TensorFile> files = new ArrayList<>();
        for (byte[] ofOneRank : written) {
            files.addAll(List.of(JSON.readValue(ofOneRank, Manifest.TensorFile[].class)));
        }
        files.sort(Comparator.comparing(Manifest.TensorFile::name));
        byte[] manifest = JSON.writeValueAsBytes(new Manifest(Manifest.CURRENT_FORMAT, state, files));
        writeSynced(unfinished.resolve(Manifest.FILE_NAME), manifest);
        Path finished = folder.finish(unfinished);
        if (best) {
            folder.markBest(finished);
        }
        folder.prune(config.keep());
        return new Finished(finished.toString(), manifest.length + files.stream().mapToLong(Manifest.TensorFile::bytes).sum());
    }

    private static UserException failure(String what, IOException cause) {
        return new UserException(what + " (" + FileFailure.reason(cause) + "): older checkpoints there are untouched; free space or choose another folder",
                cause);
    }

    private static void discard(Path unfinished, RuntimeException failure) {
        try {
            if (unfinished != null) {
                CheckpointFolder.deleteTree(unfinished);
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static void writeSynced(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(channel)) {
            out.write(content);
            channel.force(true);
        }
    }
}
