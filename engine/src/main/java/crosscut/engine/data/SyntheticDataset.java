package crosscut.engine.data;

import crosscut.engine.UserException;
import crosscut.engine.config.DatasetConfig.SyntheticLabels;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Samples drawn after a feature spec instead of read from files: no disk, no waiting, any number of them. The same seed gives the same samples, whatever order
 * they are read in.
 */
public final class SyntheticDataset implements Dataset {

    /** Samples that the Bayes AUC is computed from at most: its sampling error is then far below .001. */
    private static final long BAYES_SAMPLES = 1 << 18;

    private final FeatureSpec spec;
    private final SyntheticLabels labels;
    private final Map<String, SyntheticSplit> splits = new LinkedHashMap<>();

    private SyntheticDataset(FeatureSpec spec, SyntheticLabels labels) {
        this.spec = spec;
        this.labels = labels;
    }

    /**
     * A train and a test split of these sizes.
     *
     * @param specFile name of the spec for messages
     * @param labels a fair coin, or a teacher that is the same for both splits
     * @throws UserException when data cannot be drawn after the spec
     */
    public static SyntheticDataset create(Path specFile, FeatureSpec spec, long seed, SyntheticLabels labels, long trainSamples, long testSamples) {
        FeatureSpecRules.requireSynthetic(specFile, spec);
        PlantedTeacher teacher = labels == SyntheticLabels.PLANTED ? new PlantedTeacher(spec, seed) : null;
        SyntheticDataset dataset = new SyntheticDataset(spec, labels);
        dataset.add(FeatureSpec.TRAIN, seed, teacher, trainSamples);
        dataset.add(FeatureSpec.TEST, seed, teacher, testSamples);
        return dataset;
    }

    private void add(String split, long seed, PlantedTeacher teacher, long samples) {
        if (samples < 1) {
            throw new UserException("the synthetic " + split + " split has " + samples + " samples; it needs at least one");
        }
        splits.put(split, new SyntheticSplit(split, spec, seed, teacher, samples));
    }

    @Override
    public FeatureSpec spec() {
        return spec;
    }

    @Override
    public Set<String> splits() {
        return splits.keySet();
    }

    @Override
    public SyntheticSplit split(String name) {
        SyntheticSplit split = splits.get(name);
        if (split == null) {
            throw new IllegalArgumentException("no split " + name + "; there are " + String.join(", ", splits.keySet()));
        }
        return split;
    }

    /**
     * The best AUC that any model can reach on the test split: that of the teacher's own probabilities, in expectation over the labels
     * (see {@link BayesAuc}), from the first {@value #BAYES_SAMPLES} samples at most. A coin gives .5.
     */
    public double bayesAuc() {
        SyntheticSplit test = splits.get(FeatureSpec.TEST);
        double[] probabilities = new double[(int) Math.min(BAYES_SAMPLES, test.samples())];
        for (int sample = 0; sample < probabilities.length; sample++) {
            probabilities[sample] = test.probability(sample);
        }
        return BayesAuc.of(probabilities);
    }

    /** One line for people: how labels are drawn and what AUC can be reached at best. */
    public String labelDescription() {
        return labels == SyntheticLabels.COIN ? "a fair coin, from which nothing can be learnt (AUC .5)"
                : String.format(Locale.ROOT, "planted by a hidden teacher, Bayes AUC on test (the best that a model can reach) %.4f", bayesAuc());
    }

    @Override
    public void close() {
    }
}
