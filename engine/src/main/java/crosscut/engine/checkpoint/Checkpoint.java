package crosscut.engine.checkpoint;

import crosscut.engine.UserException;
import crosscut.engine.checkpoint.Safetensors.FileSummary;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.TableConfig;
import crosscut.engine.data.FileFailure;
import crosscut.engine.model.EmbeddingTables;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.World;
import crosscut.kernels.device.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A finished checkpoint. */
public final class Checkpoint {

    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES).build();

    /** Other data differ in every feature; nobody reads a hundred of them. */
    private static final int MOST_DIFFERENCES = 6;

    private final Path folder;
    private final Manifest manifest;

    private Checkpoint(Path folder, Manifest manifest) {
        this.folder = folder;
        this.manifest = manifest;
    }

    /**
     * Opens a checkpoint and checks its files against the manifest.
     *
     * @param path a checkpoint, or a folder of checkpoints, whose newest is taken
     * @throws UserException when there is none, or when a file is missing, truncated or damaged
     */
    public static Checkpoint open(Path path) {
        return open(path, World.single());
    }

    /** As {@link #open(Path)} on all ranks together: each verifies a part of the files, and none goes on before all have. */
    public static Checkpoint open(Path path, World world) {
        try {
            Path folder = resolve(path);
            Checkpoint checkpoint = new Checkpoint(folder, readManifest(folder.resolve(Manifest.FILE_NAME)));
            for (int file = world.rank(); file < checkpoint.manifest.files().size(); file += world.size()) {
                verify(folder, checkpoint.manifest.files().get(file));
            }
            world.collectives().barrier();
            return checkpoint;
        } catch (IOException e) {
            throw new UserException("cannot read the checkpoint " + path + ": " + FileFailure.reason(e), e);
        }
    }

    /**
     * The newest finished checkpoint in a folder, by name: its content is not looked at. Empty where there is none.
     *
     * @throws UserException when the folder cannot be read
     */
    public static Optional<Path> newest(Path folder) {
        try {
            List<Path> finished = new CheckpointFolder(folder).finished();
            return finished.isEmpty() ? Optional.empty() : Optional.of(finished.getLast());
        } catch (IOException e) {
            throw new UserException("cannot read the folder of checkpoints " + folder + ": " + FileFailure.reason(e), e);
        }
    }

    private static Path resolve(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new UserException("--restore_checkpoint_path " + path + " does not exist");
        }
        if (Files.exists(path.resolve(Manifest.FILE_NAME))) {
            return path;
        }
        List<Path> finished = new CheckpointFolder(path).finished();
        if (finished.isEmpty()) {
            throw new UserException("--restore_checkpoint_path " + path + " is neither a checkpoint nor a folder that holds a finished one");
        }
        return finished.getLast();
    }

    private static Manifest readManifest(Path file) throws IOException {
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            JsonNode version = root.path("formatVersion");
            if (!version.isInt()) {
                throw new UserException(file + " is not a checkpoint manifest (it has no formatVersion): restore from another checkpoint");
            }
            if (version.intValue() != Manifest.CURRENT_FORMAT) {
                throw new UserException(file + " has format version " + version.intValue() + ", but this Crosscut reads version "
                        + Manifest.CURRENT_FORMAT + ": use the Crosscut that wrote it");
            }
            return JSON.treeToValue(root, Manifest.class);
        } catch (JacksonException e) {
            String reason = e.getOriginalMessage().lines().findFirst().orElse("");
            throw new UserException(file + " is not a checkpoint manifest (" + reason + "): restore from another checkpoint", e);
        }
    }

    private static void verify(Path folder, Manifest.TensorFile file) throws IOException {
        Path path = folder.resolve(file.name());
        if (!Files.exists(path)) {
            throw new UserException(path + " is missing from the checkpoint: restore from another one");
        }
        if (Files.size(path) != file.bytes()) {
            throw new UserException(path + " has " + Files.size(path) + " bytes, but the manifest says " + file.bytes()
                    + ": the file is truncated or was changed; restore from another checkpoint");
        }
        FileSummary summary = Safetensors.summarize(path);
        if (!Long.toHexString(summary.crc32c()).equals(file.crc32c())) {
            throw new UserException(path + " is damaged: its CRC-32C is " + Long.toHexString(summary.crc32c()) + ", but the manifest says "
                    + file.crc32c() + "; restore from another checkpoint");
        }
    }

    /** Where it lies. */
    public Path folder() {
        return folder;
    }

    /** The training's state apart from the tensors. */
    public TrainingState state() {
        return manifest.state();
    }

    /**
     * Makes sure that a training with this state can be continued bit for bit.
     *
     * @throws UserException that names the differences
     */
    public void requireSameTraining(TrainingState wanted) {
        TrainingState saved = state();
        List<String> differences = new ArrayList<>();
        compareModels(differences, saved.model(), wanted.model());
        comparePooling(differences, saved.model(), wanted.model());
        compare(differences, "optimizer", saved.optimizer(), wanted.optimizer());
        TreeSet<String> names = new TreeSet<>(saved.settings().keySet());
        names.addAll(wanted.settings().keySet());
        for (String name : names) {
            compare(differences, "--" + name, saved.settings().get(name), wanted.settings().get(name));
        }
        compare(differences, "train data", saved.trainFingerprint(), wanted.trainFingerprint());
        if (!differences.isEmpty()) {
            throw new UserException("cannot resume from " + folder + ", because this run differs from the one that wrote it: " + joined(differences)
                    + ". Use the same flags and data, or --restore_weights_only for a warm start");
        }
    }

    /**
     * Makes sure that a model can start from these weights.
     *
     * @throws UserException that names the differences
     */
    public void requireSameShape(ModelConfig wanted) {
        List<String> differences = new ArrayList<>();
        compareModels(differences, state().model(), wanted);
        if (!differences.isEmpty()) {
            throw new UserException("cannot start from the weights in " + folder + ", because they belong to another model: " + joined(differences)
                    + ". Use the same model flags and features");
        }
    }

    /** What of the model is not as {@code flagged}, in one line; empty when all is. */
    public Optional<String> differences(ModelConfig flagged) {
        List<String> differences = new ArrayList<>();
        compareModels(differences, state().model(), flagged);
        comparePooling(differences, state().model(), flagged);
        return differences.isEmpty() ? Optional.empty() : Optional.of(joined(differences));
    }

    private static void compareModels(List<String> differences, ModelConfig saved, ModelConfig wanted) {
        compareFeatures(differences, saved, wanted);
        compare(differences, "--bottom_mlp_dims", saved.bottomMlp(), wanted.bottomMlp());
        compare(differences, "--num_cross_layers", saved.crossLayers(), wanted.crossLayers());
        compare(differences, "--cross_layer_projection_dim", saved.projection(), wanted.projection());
        compare(differences, "--top_mlp_dims", saved.topMlp(), wanted.topMlp());
        compare(differences, "--concat_bottom_mlp", saved.concatBottom(), wanted.concatBottom());
        for (int table = 0; table < Math.min(saved.tables().size(), wanted.tables().size()); table++) {
            String name = saved.tables().get(table).name();
            compare(differences, "--embedding_dim of " + name, saved.tables().get(table).dimension(), wanted.tables().get(table).dimension());
        }
    }

    private static void comparePooling(List<String> differences, ModelConfig saved, ModelConfig wanted) {
        for (int table = 0; table < Math.min(saved.tables().size(), wanted.tables().size()); table++) {
            TableConfig before = saved.tables().get(table);
            compare(differences, "--pooling of " + before.name(), before.pooling(), wanted.tables().get(table).pooling());
        }
    }

    private static void compareFeatures(List<String> differences, ModelConfig saved, ModelConfig wanted) {
        compare(differences, "the number of numerical features", saved.numericalFeatures(), wanted.numericalFeatures());
        compare(differences, "the number of categorical features", saved.tables().size(), wanted.tables().size());
        for (int table = 0; table < Math.min(saved.tables().size(), wanted.tables().size()); table++) {
            TableConfig before = saved.tables().get(table);
            TableConfig now = wanted.tables().get(table);
            compare(differences, "categorical feature " + table, before.name(), now.name());
            compare(differences, "cardinality of " + before.name(), before.cardinality(), now.cardinality());
            compare(differences, "hotness of " + before.name(), before.hotness(), now.hotness());
        }
    }

    /**
     * Makes sure that the data have the features that the model was trained on.
     *
     * @throws UserException that names the differences
     */
    public void requireFeatures(ModelConfig data) {
        List<String> differences = new ArrayList<>();
        compareFeatures(differences, state().model(), data);
        if (!differences.isEmpty()) {
            throw new UserException("the data do not fit the model in " + folder + ": " + joined(differences)
                    + ". Use the data set that it was trained on, or one preprocessed with the same dictionary");
        }
    }

    private static String joined(List<String> differences) {
        String first = String.join("; ", differences.subList(0, Math.min(MOST_DIFFERENCES, differences.size())));
        return first + (differences.size() > MOST_DIFFERENCES ? "; and " + (differences.size() - MOST_DIFFERENCES) + " more" : "");
    }

    private static void compare(List<String> differences, String what, Object saved, Object wanted) {
        if (!Objects.equals(saved, wanted)) {
            differences.add(what + " was " + saved + " and is now " + wanted);
        }
    }

    /**
     * Loads the tensors: all dense ones, and this rank's parts of tables, whichever ranks wrote them in whatever parts.
     *
     * @param moments whether the optimizer's moments are wanted too
     * @throws UserException when a tensor is missing or has another shape
     */
    public void restore(Device device, ModelParameters parameters, boolean moments) {
        try {
            Safetensors.read(folder.resolve(ParameterFiles.DENSE), device, ParameterFiles.dense(parameters.dense(), moments));
            EmbeddingTables tables = parameters.embeddings();
            TableFiles files = new TableFiles(folder, manifest.files().stream().map(Manifest.TensorFile::name).toList());
            for (int shard = 0; shard < tables.count(); shard++) {
                files.read(device, tables, shard, ParameterFiles.table(tables, shard, moments));
            }
        } catch (IOException e) {
            throw new UserException("cannot read the checkpoint " + folder + ": " + FileFailure.reason(e), e);
        }
        parameters.dense().refreshComputeCopy();
    }
}
