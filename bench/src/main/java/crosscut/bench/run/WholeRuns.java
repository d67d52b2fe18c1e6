package crosscut.bench.run;

import crosscut.bench.ModelSize;
import crosscut.engine.UserException;
import crosscut.engine.config.ModelConfig;
import crosscut.launcher.command.CommandLineMain;
import crosscut.launcher.progress.LogResults;
import crosscut.launcher.progress.Quantities;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs of the distribution's launcher as a user starts it, one process per rank; synthetic data of a model's shape for them; and what their logs say. */
final class WholeRuns implements AutoCloseable {

    /** The exponent of the reference's synthetic data sets. */
    private static final double ALPHA = 1.1;

    private final Path folder;
    private final PrintStream log;
    private final PrintWriter out;

    /**
     * Runs nothing yet.
     *
     * @param log gets all that the runs say
     * @param out gets a line for each run
     */
    WholeRuns(PrintStream log, PrintWriter out) {
        try {
            folder = Files.createTempDirectory("crosscut-bench");
        } catch (IOException failure) {
            throw new UserException("cannot make a folder for data and logs: " + failure.getMessage(), failure);
        }
        this.log = log;
        this.out = out;
    }

    /**
     * One run of {@code train} to its end.
     *
     * @param label for people
     * @param flags of train, without a log
     * @return its results by the names of the log
     * @throws UserException when it fails
     */
    JsonNode results(String label, List<String> flags) {
        Path file = train(flags);
        out.println(label);
        try {
            String last = Files.readAllLines(file).getLast();
            return JsonMapper.shared().readTree(last.substring(last.indexOf('{'))).get("data");
        } catch (IOException failure) {
            throw new UserException("cannot read the log of " + label + ": " + failure.getMessage(), failure);
        }
    }

    /**
     * One run of {@code train} to its end, like {@link #results}.
     *
     * @return its last evaluation, which need not be the best one
     * @throws UserException when it fails
     */
    LogResults lastEvaluation(String label, List<String> flags) {
        LogResults evaluation = LogResults.lastEvaluation(train(flags));
        out.println(label + ": AUC " + Quantities.format("%.4f", evaluation.auc()) + ", logloss " + Quantities.format("%.4f", evaluation.loss()));
        return evaluation;
    }

    /** Returns the log. */
    private Path train(List<String> flags) {
        Path file = folder.resolve("log.jsonl");
        List<String> arguments = new ArrayList<>(List.of("train"));
        arguments.addAll(flags);
        arguments.add("--log_path=" + file);
        launch(arguments);
        return file;
    }

    /** A folder with the feature spec of the model and no data: samples are made up while they are read. */
    Path synthetic(ModelSize size) {
        Path shape = folder.resolve("shape-" + size);
        try {
            Files.createDirectories(shape);
            Files.writeString(shape.resolve("feature_spec.yaml"), spec(size));
            return shape;
        } catch (IOException failure) {
            throw OutputFolder.cannotWrite(shape, failure);
        }
    }

    /** A folder with tf_raw files of so many samples of each split, which stay in the page cache. */
    Path files(ModelSize size, int batches, int batchSize) {
        Path files = folder.resolve("files-" + size);
        launch(List.of("transcribe", "--src_dataset_type=synthetic", "--src_dataset_path=" + synthetic(size), "--src_batch_size=" + batchSize,
                "--max_batches_train=" + batches, "--max_batches_test=1", "--labels=coin", "--dst_dataset_path=" + files));
        return files;
    }

    private static String spec(ModelSize size) {
        List<String> tables = IntStream.range(0, ModelSize.TABLES).mapToObj(table -> "cat_" + table).toList();
        List<String> numbers = IntStream.range(0, ModelSize.NUMERICAL_FEATURES).mapToObj(number -> "num_" + number).toList();
        return "channel_spec: {categorical: " + tables + ", numerical: " + numbers + ", label: [label]}\nfeature_spec:\n"
                + tables.stream().map(table -> "  " + table + ": {cardinality: " + size.rows() + ", dtype: int32, alpha: " + ALPHA + "}\n")
                        .collect(Collectors.joining())
                + numbers.stream().map(number -> "  " + number + ": {dtype: float16}\n").collect(Collectors.joining())
                + "  label: {dtype: bool}\nsource_spec: null\n";
    }

    /** Flags of train that describe the model. */
    static List<String> flags(ModelSize size) {
        ModelConfig model = size.model();
        return List.of("--embedding_dim=" + size.dimension(), "--bottom_mlp_dims=" + widths(model.bottomMlp()), "--top_mlp_dims=" + widths(model.topMlp()),
                "--num_cross_layers=" + model.crossLayers(), "--cross_layer_projection_dim=" + model.projection());
    }

    private static String widths(List<Integer> layers) {
        return layers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private void launch(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", launcher().toString()));
        command.addAll(arguments);
        log.println(String.join(" ", command));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            log.println(output);
            if (process.waitFor() != 0) {
                throw new UserException("crosscut " + String.join(" ", arguments) + " failed: " + output.lines().reduce("", (_, line) -> line));
            }
        } catch (IOException failure) {
            throw new UserException("cannot start the launcher: " + failure.getMessage(), failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a run was measured", interruption);
        }
    }

    /** Removes data and logs. */
    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new UserException("cannot remove " + folder + ": " + failure.getMessage(), failure);
        }
    }

    private static Path launcher() {
        try {
            Path launcher = Path.of(CommandLineMain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (!Files.isRegularFile(launcher)) {
                throw new UserException("whole runs need the distribution: call ./crosscut bench");
            }
            return launcher;
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
