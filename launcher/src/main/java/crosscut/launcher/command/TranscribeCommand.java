package crosscut.launcher.command;

import crosscut.engine.config.DatasetConfig.SyntheticLabels;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.tools.TranscribeRequest;
import crosscut.engine.data.tools.TranscribeRequest.Source;
import crosscut.engine.data.tools.Transcriber;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes a tf_raw data set from another form of data. */
@Command(name = "transcribe", description = "Write a tf_raw data set from synthetic samples, another tf_raw data set, CSV or Parquet.")
final class TranscribeCommand implements Callable<Integer> {

    /** Types of the reference that need TensorFlow or that its own tools cannot write either. */
    private static final Set<String> UNSUPPORTED_TYPES = Set.of("split_tfrecords", "tfrecords_multihot", "nvt", "binary_multihot");

    @Spec
    private CommandSpec command;

    @Option(names = "--src_dataset_type", paramLabel = "TYPE", defaultValue = "tf_raw",
            description = "synthetic, tf_raw, csv or parquet (default: ${DEFAULT-VALUE}).")
    private String sourceType;

    @Option(names = "--src_dataset_path", paramLabel = "DIR", defaultValue = ".",
            description = "Folder of the source's feature spec (default: the current folder).")
    private Path sourceFolder;

    @Option(names = "--src_feature_spec", paramLabel = "FILE", defaultValue = FeatureSpec.DEFAULT_FILE_NAME,
            description = "Feature spec in the source folder (default: ${DEFAULT-VALUE}). CSV files have no header line; Parquet columns are named like the "
                    + "features; both may say 'cardinality: auto'.")
    private String sourceSpec;

    @Option(names = "--src_batch_size", paramLabel = "N", defaultValue = "65536",
            description = "Samples per batch, the unit of --max_batches (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(names = "--dst_dataset_path", paramLabel = "DIR", required = true, description = "Folder to write; it appears only when all is written.")
    private Path targetFolder;

    @Option(names = "--dst_dataset_type", paramLabel = "TYPE", defaultValue = "tf_raw", description = "tf_raw (the default).")
    private String targetType;

    @Option(names = "--dst_feature_spec", paramLabel = "FILE", defaultValue = FeatureSpec.DEFAULT_FILE_NAME,
            description = "Name of the feature spec in the target folder (default: ${DEFAULT-VALUE}).")
    private String targetSpec;

    @Option(names = "--max_batches_train", paramLabel = "N", defaultValue = "-1",
            description = "Most batches of train; -1 means all and is refused for synthetic data.")
    private long trainBatches;

    @Option(names = "--max_batches_test", paramLabel = "N", defaultValue = "-1", description = "Most batches of test, and of validation where there is one.")
    private long testBatches;

    @Option(names = "--labels", paramLabel = "RULE", defaultValue = "coin",
            description = "Labels of synthetic samples: coin (fair, nothing to learn) or planted (by a hidden teacher whose Bayes AUC is "
                    + "printed) (default: ${DEFAULT-VALUE}).")
    private SyntheticLabels labels;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Seed of synthetic samples: the same seed gives the same files (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--overwrite", arity = "0..1", fallbackValue = "true", description = "Replace a data set that is already in the target folder.")
    private boolean overwrite;

    @Override
    public Integer call() {
        requireRawBinaryTarget();
        TranscribeRequest request = new TranscribeRequest(source(), sourceFolder, sourceSpec, batchSize, targetFolder, targetSpec, trainBatches, testBatches,
                labels, seed, overwrite);
        Transcriber.run(request, command.commandLine().getOut()::println);
        return 0;
    }

    private void requireRawBinaryTarget() {
        if (!targetType.equals("tf_raw")) {
            throw refused("--dst_dataset_type", targetType, "tf_raw");
        }
    }

    private Source source() {
        return switch (sourceType) {
            case "synthetic" -> Source.SYNTHETIC;
            case "tf_raw" -> Source.TF_RAW;
            case "csv" -> Source.CSV;
            case "parquet" -> Source.PARQUET;
            default -> throw refused("--src_dataset_type", sourceType, "synthetic, tf_raw, csv and parquet");
        };
    }

    private ParameterException refused(String flag, String type, String known) {
        boolean unsupported = UNSUPPORTED_TYPES.contains(type.toLowerCase(Locale.ROOT));
        String what = unsupported ? " is a format of the TensorFlow tools that Crosscut does not read or write" : " is unknown";
        return new ParameterException(command.commandLine(), flag + " " + type + what + "; supported: " + known);
    }
}
