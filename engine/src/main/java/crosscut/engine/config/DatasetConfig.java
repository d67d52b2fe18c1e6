package crosscut.engine.config;

import java.nio.file.Path;

/**
 * Where the samples come from.
 *
 * @param folder folder of the feature spec
 * @param featureSpec file name of the feature spec inside {@code folder}
 * @param type files of the feature spec, or synthetic samples of its shape
 * @param labels how synthetic samples are labelled
 * @param syntheticTrainSamples samples in the synthetic train split
 * @param syntheticTestSamples samples in the synthetic test split
 * @param evaluationSplit the split that evaluations and the inference benchmark read
 */
public record DatasetConfig(
        Path folder, String featureSpec, Type type, SyntheticLabels labels, long syntheticTrainSamples, long syntheticTestSamples, String evaluationSplit) {

    /** The types of the reference that apply. */
    public enum Type {
        TF_RAW,
        SYNTHETIC
    }

    /** How synthetic samples are labelled. */
    public enum SyntheticLabels {
        /** A fair coin, as the reference does: nothing can be learnt. */
        COIN,
        /** A hidden teacher whose Bayes AUC is known. */
        PLANTED
    }
}
