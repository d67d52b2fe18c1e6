package crosscut.kernels.metric;

/**
 * Exact area under the ROC curve: the share of (positive, negative) pairs that the scores put in the right order, a tie counting half (the Mann-Whitney
 * statistic; Hanley and McNeil 1982). Everything is counted in integers; the only rounding is that of the last division. Scores may be logits or
 * probabilities: only their order matters.
 *
 * <p>Memory: 4 bytes per sample and at most 192 MiB besides, so 400 million samples take 1.7 GiB of Java heap. Not thread safe.
 */
public final class ExactAuc {

    private final ScoreList positives = new ScoreList();
    private final ScoreList negatives = new ScoreList();

    /**
     * Adds one sample.
     *
     * @throws IllegalArgumentException when the score is NaN, which has no place in an order
     */
    public void add(float score, boolean positive) {
        if (Float.isNaN(score)) {
            throw new IllegalArgumentException("the score of sample " + (positives.size() + negatives.size()) + " is not a number");
        }
        (positive ? positives : negatives).add(sortable(score));
    }

    /** Samples added so far. */
    public long samples() {
        return positives.size() + negatives.size();
    }

    /** The area over all samples added so far; more may be added afterwards. Sorts, which took about a second per 40 million samples on one core. */
    public AreaUnderCurve result() {
        long pairs = Math.multiplyExact(positives.size(), negatives.size());
        double value = pairs == 0 ? Double.NaN : twiceOrderedPairs() / (2.0 * pairs);
        return new AreaUnderCurve(value, positives.size(), negatives.size());
    }

    /**
     * Twice the number of pairs whose positive has the larger score, plus the number of ties.
     *
     * @throws ArithmeticException when it does not fit 63 bits, which takes more than 4 billion samples
     */
    public long twiceOrderedPairs() {
        ScoreList.Ascending positive = positives.ascending();
        ScoreList.Ascending negative = negatives.ascending();
        long twice = 0;
        long negativesBelow = 0;
        while (positive.hasNext()) {
            int score = positive.smallest();
            while (negative.hasNext() && negative.smallest() < score) {
                negativesBelow += negative.take(negative.smallest());
            }
            long tied = negative.hasNext() && negative.smallest() == score ? negative.take(score) : 0;
            twice = Math.addExact(twice, Math.multiplyExact(positive.take(score), 2 * negativesBelow + tied));
            negativesBelow += tied;
        }
        return twice;
    }

    /** An int that compares as the score does. */
    private static int sortable(float score) {
        // Adding zero turns -0.0 into 0.0: the two are equal and must tie.
        int bits = Float.floatToRawIntBits(score + 0f);
        return bits ^ bits >> Integer.SIZE - 1 & Integer.MAX_VALUE;
    }
}
