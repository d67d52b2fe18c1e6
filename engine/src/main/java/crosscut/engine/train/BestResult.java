package crosscut.engine.train;

/**
 * The best values over all evaluations so far.
 *
 * @param auc highest AUC, NaN before the first evaluation
 * @param loss lowest loss, NaN before the first evaluation
 * @param step steps done at the highest AUC
 */
public record BestResult(double auc, double loss, long step) {

    /** Before the first evaluation. */
    public static final BestResult NONE = new BestResult(Double.NaN, Double.NaN, 0);

    /** With one more evaluation. */
    BestResult with(Evaluation evaluation, long atStep) {
        boolean better = improvedBy(evaluation);
        double bestLoss = loss <= evaluation.loss() ? loss : evaluation.loss();
        return new BestResult(better ? evaluation.auc() : auc, bestLoss, better ? atStep : step);
    }

    /** True when the evaluation's AUC is higher. */
    boolean improvedBy(Evaluation evaluation) {
        return Double.isNaN(auc) || evaluation.auc() > auc;
    }
}
