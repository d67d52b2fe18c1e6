package crosscut.engine.data;

import crosscut.engine.config.DatasetConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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

    /**
     * Opens what has the shape of the data set: itself, or synthetic samples where its files are not on this machine. For plans, which look at no sample.
     *
     * @throws crosscut.engine.UserException when the feature spec is missing or wrong, or a file is
     */
    public static Dataset openShape(DatasetConfig config, long seed) {
        Path specFile = config.folder().resolve(config.featureSpec());
        FeatureSpec spec = FeatureSpecReader.read(specFile);
        boolean isHere = spec.splits().values().stream().flatMap(List::stream).flatMap(chunk -> chunk.files().stream())
                .anyMatch(file -> Files.exists(config.folder().resolve(file)));
        return open(isHere ? config : new DatasetConfig(config.folder(), config.featureSpec(), DatasetConfig.Type.SYNTHETIC, config.labels(),
                config.syntheticTrainSamples(), config.syntheticTestSamples(), config.evaluationSplit()), seed);
    }
}
