package crosscut.bench.cpu;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.Precision;
import crosscut.kernels.Tolerance;
import crosscut.kernels.device.DataType;
import java.util.List;

/**
 * Whether two sides computed the same: what the first run on the same weights and batch put out, and the losses of the first steps.
 *
 * @param outputDifference largest difference of two outputs
 * @param outputAllowed what rounding explains
 * @param lossDifference largest difference of two losses, 0 for work without a loss
 * @param lossAllowed what rounding explains
 * @param ours our losses
 * @param theirs their losses
 */
public record Agreement(double outputDifference, double outputAllowed, double lossDifference, double lossAllowed, List<Double> ours, List<Double> theirs) {

    /** Steps of training whose losses are compared; a wrong gradient or update shows in the second. */
    private static final int STEPS = 5;

    /** True when neither difference is more than rounding explains; NaN never agrees. */
    public boolean holds() {
        return outputDifference <= outputAllowed && lossDifference <= lossAllowed;
    }

    /** Lets both sides, which have not run yet, take their first steps. */
    static Agreement of(Contest contest, Side ours, Side theirs) {
        Turn ourTurn = ours.steps(1);
        Turn theirTurn = theirs.steps(1);
        float[] expected = ours.outputs();
        float[] actual = theirs.outputs();
        if (contest.mode() == Contest.Mode.TRAINING) {
            ourTurn = ours.steps(STEPS - 1).after(ourTurn);
            theirTurn = theirs.steps(STEPS - 1).after(theirTurn);
        }
        return of(contest, expected, actual, ourTurn.losses(), theirTurn.losses());
    }

    /** Compares what two sides put out and their losses, of which there is at least one. */
    public static Agreement of(Contest contest, float[] ourOutputs, float[] theirOutputs, List<Double> ours, List<Double> theirs) {
        double largestLoss = ours.stream().mapToDouble(Math::abs).max().orElseThrow();
        return new Agreement(largestDifference(ourOutputs, theirOutputs), outputLaw(contest).allowed(largest(ourOutputs)),
                largestDifference(ours, theirs), lossLaw(contest).allowed(largestLoss), ours, theirs);
    }

    private static Tolerance outputLaw(Contest contest) {
        if (contest.mode() == Contest.Mode.EMBEDDING) {
            // One row may be hit by the whole batch.
            return new Tolerance(DataType.FLOAT32, contest.batch());
        }
        ModelConfig model = contest.size().model();
        // In bf16 every layer rounds its output once, a cross layer its three, and the products sum in fp32.
        return contest.precision() == Precision.FP32 ? sumsOf(model)
                : new Tolerance(DataType.BFLOAT16, model.bottomMlp().size() + 3L * model.crossLayers() + model.topMlp().size());
    }

    private static Tolerance lossLaw(Contest contest) {
        // Rounding to bf16 is independent from sample to sample, and the mean over the batch takes it out again.
        return contest.precision() == Precision.FP32 ? sumsOf(contest.size().model()) : new Tolerance(DataType.BFLOAT16, 1);
    }

    /** For the terms of the longest sum on the way to a logit: the input of the top MLP, through all layers. */
    private static Tolerance sumsOf(ModelConfig model) {
        return new Tolerance(DataType.FLOAT32, (long) model.topInputWidth() * (model.bottomMlp().size() + 2L * model.crossLayers() + model.topMlp().size()));
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double largestDifference(float[] ours, float[] theirs) {
        double largest = ours.length == theirs.length ? 0 : Double.NaN;
        for (int index = 0; index < Math.min(ours.length, theirs.length); index++) {
            // Of a NaN and a number max gives NaN.
            largest = Math.max(largest, Math.abs((double) ours[index] - theirs[index]));
        }
        return largest;
    }

    private static double largestDifference(List<Double> ours, List<Double> theirs) {
        double largest = ours.size() == theirs.size() ? 0 : Double.NaN;
        for (int index = 0; index < Math.min(ours.size(), theirs.size()); index++) {
            largest = Math.max(largest, Math.abs(ours.get(index) - theirs.get(index)));
        }
        return largest;
    }
}
