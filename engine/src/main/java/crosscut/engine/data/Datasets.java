package crosscut.engine.data;

import crosscut.engine.config.DatasetConfig;
import java.nio.file.Path;

/** Opens the data set that a run names. */
public final class Datasets {

    private Datasets() {}

    /**
     * Opens files or prepares synthetic samples.
     *
     * @param seed of synthetic samples
     * @throws crosscut.engine.UserException when the feature spec or a file is missing or wrong
     */
    public static Dataset open(DatasetConfig config, long seed) {
        Path specFile = config.folder().resolve(config.featureSpec());
        return switch (config.type()) {
            case TF_RAW -> RawBinaryDataset.open(specFile);
            case SYNTHETIC -> SyntheticDataset.create(specFile, FeatureSpecReader.read(specFile), seed, config.labels(), config.syntheticTrainSamples(),
                    config.syntheticTestSamples());
        };
    }
}
