package crosscut.engine.data.tools;

import crosscut.engine.UserException;
import crosscut.engine.config.DatasetConfig.SyntheticLabels;
import crosscut.engine.data.FeatureSpec;
import java.nio.file.Path;

/**
 * What {@code transcribe} is asked to do.
 *
 * @param sourceFolder folder of the source's feature spec
 * @param sourceSpec file name of the source's feature spec
 * @param batchSize samples that are read at once; the unit of the limits
 * @param targetFolder tf_raw folder to write
 * @param targetSpec file name of the feature spec in it
 * @param trainBatches most batches of train, or -1 for all
 * @param testBatches most batches of test and of validation, or -1 for all
 * @param labels of synthetic samples
 * @param seed of synthetic samples
 * @param overwrite whether a data set in the target folder may be replaced
 */
public record TranscribeRequest(Source source, Path sourceFolder, String sourceSpec, int batchSize, Path targetFolder, String targetSpec, long trainBatches,
                                long testBatches, SyntheticLabels labels, long seed, boolean overwrite) {

    /** Where samples come from. */
    public enum Source {
        SYNTHETIC,
        TF_RAW,
        CSV,
        PARQUET
    }

    public TranscribeRequest {
        if (batchSize < 1) {
            throw new UserException("--src_batch_size must be 1 or more, but is " + batchSize);
        }
        requireLimit("--max_batches_train", trainBatches, source);
        requireLimit("--max_batches_test", testBatches, source);
    }

    private static void requireLimit(String flag, long batches, Source source) {
        if (batches == -1 && source == Source.SYNTHETIC) {
            throw new UserException("synthetic data has no end: say with " + flag + " how many batches to write");
        }
        if (batches == 0 || batches < -1) {
            throw new UserException(flag + " must be 1 or more, or -1 for all, but is " + batches);
        }
    }

    /** Where the source's feature spec lies. */
    public Path sourceSpecFile() {
        return sourceFolder.resolve(sourceSpec);
    }

    /** Most samples to write of a split. */
    long sampleLimit(String split) {
        long batches = split.equals(FeatureSpec.TRAIN) ? trainBatches : testBatches;
        return batches < 0 || batches > Long.MAX_VALUE / batchSize ? Long.MAX_VALUE : batches * batchSize;
    }
}
