package crosscut.launcher.options;

import crosscut.engine.UserException;
import crosscut.engine.config.DatasetConfig;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpecReader;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the samples come from. */
@FlagGroup("Data")
final class DataOptions {

    private static final String TF_RAW = "tf_raw";
    private static final String SYNTHETIC = "synthetic";

    @Option(names = "--dataset_path", paramLabel = "DIR",
            description = "Folder of the feature spec and the files it names. Without it: the current folder's feature spec; its files where it names some, "
                    + "else synthetic samples of its shape.")
    private Path datasetPath;

    @Option(names = "--feature_spec", paramLabel = "FILE", defaultValue = FeatureSpec.DEFAULT_FILE_NAME,
            description = "Name of the feature spec inside the folder. Default: ${DEFAULT-VALUE}")
    private String featureSpec;

    @Option(names = "--dataset_type", paramLabel = "TYPE",
            description = "tf_raw: the files that the feature spec names; synthetic: samples made up in its shape. Default: tf_raw with --dataset_path.")
    private String datasetType;

    @Option(names = "--labels", paramLabel = "KIND", defaultValue = "coin",
            description = "Labels of synthetic samples: coin (nothing to learn, as the reference) or planted (a hidden teacher with a known best AUC). "
                    + "Default: ${DEFAULT-VALUE}")
    private DatasetConfig.SyntheticLabels labels;

    @Option(names = "--synthetic_dataset_train_samples", paramLabel = "N", defaultValue = "1048576",
            description = "Samples in the synthetic train split. Default: ${DEFAULT-VALUE}")
    private long syntheticTrainSamples;

    @Option(names = "--synthetic_dataset_test_samples", paramLabel = "N", defaultValue = "131072",
            description = "Samples in the synthetic test split. Default: ${DEFAULT-VALUE}")
    private long syntheticTestSamples;

    @Option(names = "--evaluation_split", paramLabel = "SPLIT", defaultValue = FeatureSpec.TEST,
            description = "The split that evaluations read: test, or validation where the data set has one (to choose settings by). Default: ${DEFAULT-VALUE}")
    private String evaluationSplit;

    DatasetConfig toConfig() {
        requirePositive("--synthetic_dataset_train_samples", syntheticTrainSamples);
        requirePositive("--synthetic_dataset_test_samples", syntheticTestSamples);
        Path folder = datasetPath == null ? Path.of("") : datasetPath;
        return new DatasetConfig(folder, featureSpec, type(folder.resolve(featureSpec)), labels, syntheticTrainSamples, syntheticTestSamples, evaluationSplit);
    }

    private DatasetConfig.Type type(Path spec) {
        if (datasetType == null) {
            return datasetPath == null && namesNoFiles(spec) ? DatasetConfig.Type.SYNTHETIC : DatasetConfig.Type.TF_RAW;
        }
        return switch (datasetType) {
            case TF_RAW -> DatasetConfig.Type.TF_RAW;
            case SYNTHETIC -> DatasetConfig.Type.SYNTHETIC;
            case "split_tfrecords" -> throw new UserException("--dataset_type split_tfrecords: TFRecord files are not read; write the data as tf_raw "
                    + "(the reference's transcribe does it with --dst_dataset_type tf_raw)");
            default -> throw new UserException("--dataset_type " + datasetType + " must be tf_raw or synthetic");
        };
    }

    private boolean namesNoFiles(Path spec) {
        if (!Files.exists(spec)) {
            throw new UserException("no " + spec + " in the current folder " + Path.of("").toAbsolutePath()
                    + ": name a data set with --dataset_path DIR, or write a feature spec with generate-feature-spec");
        }
        return FeatureSpecReader.read(spec).isSynthetic();
    }

    private static void requirePositive(String flag, long value) {
        if (value < 1) {
            throw new UserException(flag + " " + value + " must be at least 1");
        }
    }
}
