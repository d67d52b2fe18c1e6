package crosscut.engine.data;

import java.util.Arrays;

/** The AUC that nobody can beat on average: that of the true probabilities themselves. */
final class BayesAuc {

    private BayesAuc() {
    }

    /**
     * Expected concordant pairs over expected pairs of a positive and a negative sample, when sample i is positive with probability p_i and the score is p_i:
     * sum over i != j of p_i (1 - p_j) [p_i > p_j], ties counting one half, divided by the same sum without the bracket. No labels are drawn.
     *
     * @param probabilities of the samples; sorted by this call
     * @return .5 when there is no pair at all
     */
    static double of(double[] probabilities) {
        Arrays.sort(probabilities);
        double positives = 0;
        double negatives = 0;
        double same = 0;
        double concordant = 0;
        int first = 0;
        while (first < probabilities.length) {
            double probability = probabilities[first];
            int end = first;
            while (end < probabilities.length && probabilities[end] == probability) {
                end++;
            }
            double count = end - first;
            concordant += count * probability * (negatives + (count - 1) * (1 - probability) / 2);
            positives += count * probability;
            negatives += count * (1 - probability);
            same += count * probability * (1 - probability);
            first = end;
        }
        double pairs = positives * negatives - same;
        return pairs > 0 ? concordant / pairs : .5;
    }
}
