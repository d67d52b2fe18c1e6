package crosscut.engine.data;

import crosscut.engine.config.DatasetConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntPredicate;

/** Opens the data set that a run names. */
public final class Datasets {

    private Datasets() {}

    /**
     * What a data set's feature spec says.
     *
     * @throws crosscut.engine.UserException when it is missing, wrong, or none of a data set of this type
     */
    public static FeatureSpec spec(DatasetConfig config) {
        FeatureSpec spec = FeatureSpecReader.read(specFile(config));
        switch (config.type()) {
            case TF_RAW -> FeatureSpecRules.requireRawBinary(specFile(config), spec);
            case SYNTHETIC -> FeatureSpecRules.requireSynthetic(specFile(config), spec);
        }
        return spec;
    }

    private static Path specFile(DatasetConfig config) {
        return config.folder().resolve(config.featureSpec());
    }

    /** Opens all of it. */
    public static Dataset open(DatasetConfig config, long seed) {
        return open(config, spec(config), seed, _ -> true);
    }

    /**
     * Opens files or prepares synthetic samples.
     *
     * @param spec what the feature spec says
     * @param seed of synthetic samples
     * @param isRead whether ids of the i-th table will be read; files of others are not touched
     * @throws crosscut.engine.UserException when a file is missing or wrong
     */
    public static Dataset open(DatasetConfig config, FeatureSpec spec, long seed, IntPredicate isRead) {
        return switch (config.type()) {
            case TF_RAW -> RawBinaryDataset.open(specFile(config), spec, isRead);
            case SYNTHETIC -> SyntheticDataset.create(
                    specFile(config), spec, seed, config.labels(), config.syntheticTrainSamples(), config.syntheticTestSamples());
        };
    }

    /**
     * Opens what has the shape of the data set: itself, or synthetic samples where its files are not on this machine. For plans, which look at no sample.
     *
     * @throws crosscut.engine.UserException when the feature spec is missing or wrong, or a file is
     */
    public static Dataset openShape(DatasetConfig config, long seed) {
        FeatureSpec spec = FeatureSpecReader.read(specFile(config));
        boolean isHere = spec.splits().values().stream().flatMap(List::stream).flatMap(chunk -> chunk.files().stream())
                .anyMatch(file -> Files.exists(config.folder().resolve(file)));
        return open(isHere ? config : new DatasetConfig(config.folder(), config.featureSpec(), DatasetConfig.Type.SYNTHETIC, config.labels(),
                config.syntheticTrainSamples(), config.syntheticTestSamples(), config.evaluationSplit()), seed);
    }
}
