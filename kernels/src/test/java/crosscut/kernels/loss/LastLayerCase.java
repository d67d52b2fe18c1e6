package crosscut.kernels.loss;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import java.util.Arrays;
import java.util.function.Function;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The arguments of {@link LossOperations#lastLayer}, and what its results must be: logits by the inputs, the loss and the gradient of the logits by those
 * logits as they were rounded, all other gradients by that gradient.
 *
 * @param scale what {@code lossScale} holds, 1 where there is none
 */
record LastLayerCase(LastLayer layer, Tensor labels, long globalBatch, Tensor lossScale, double scale, Tensor loss) {

    /** Demands the results, as {@code values} reads them. */
    void assertHolds(Function<Tensor, double[][]> values) {
        double[][] x = values.apply(layer.x());
        double[] w = column(values.apply(layer.w()));
        double[] logits = column(values.apply(layer.logits()));
        double[] gradient = column(values.apply(layer.logitGradient()));
        assertLogits(x, w, values.apply(layer.bias())[0][0], logits);
        assertLoss(logits, gradient, values.apply(labels), values.apply(loss)[0][0]);
        assertInputGradient(x, w, gradient, values.apply(layer.inputGradient()));
        assertWeightGradient(x, gradient, column(values.apply(layer.weightGradient())), values.apply(layer.biasGradient())[0][0]);
    }

    private void assertLogits(double[][] x, double[] w, double bias, double[] logits) {
        double magnitude = Math.max(Math.abs(bias), largest(w) * largest(x));
        for (int sample = 0; sample < x.length; sample++) {
            double expected = bias;
            for (int term = 0; term < w.length; term++) {
                expected += x[sample][term] * w[term];
            }
            assertClose("logit " + sample, layer.x().type(), w.length + 1, logits[sample], expected, magnitude);
        }
    }

    private void assertLoss(double[] logits, double[] gradient, double[][] labels, double loss) {
        double sum = 0;
        for (int sample = 0; sample < logits.length; sample++) {
            double z = logits[sample];
            double y = labels[0][sample];
            sum += Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)));
            double probability = z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
            assertClose("logit gradient " + sample, layer.x().type(), 1, gradient[sample], scale * (probability - y) / globalBatch, 0);
        }
        assertClose("loss", DataType.FLOAT32, 1, loss, sum / globalBatch, 0);
    }

    /** One multiplication: there is no other result. */
    private void assertInputGradient(double[][] x, double[] w, double[] gradient, double[][] inputGradient) {
        for (int sample = 0; sample < x.length; sample++) {
            for (int term = 0; term < w.length; term++) {
                boolean isOpen = !layer.isReluOutput() || x[sample][term] > 0;
                double expected = isOpen ? rounded(layer.x().type(), (float) (gradient[sample] * w[term])) : 0;
                assertThat(inputGradient[sample][term] == expected).as("input gradient %d, %d: %s for %s", sample, term, inputGradient[sample][term], expected)
                        .isTrue();
            }
        }
    }

    private void assertWeightGradient(double[][] x, double[] gradient, double[] weightGradient, double biasGradient) {
        int terms = Math.max(1, x.length);
        for (int term = 0; term < weightGradient.length; term++) {
            double expected = 0;
            for (int sample = 0; sample < x.length; sample++) {
                expected += x[sample][term] * gradient[sample];
            }
            assertClose("weight gradient " + term, DataType.FLOAT32, terms, weightGradient[term], expected, largest(x) * largest(gradient));
        }
        assertClose("bias gradient", DataType.FLOAT32, terms, biasGradient, Arrays.stream(gradient).sum(), largest(gradient));
    }

    private static void assertClose(String what, DataType type, int terms, double actual, double expected, double magnitude) {
        assertThat(new Tolerance(type, terms).accepts(actual, expected, magnitude)).as("%s: %s for %s", what, actual, expected).isTrue();
    }

    private static double[] column(double[][] values) {
        return Arrays.stream(values).mapToDouble(row -> row[0]).toArray();
    }

    static double largest(double[]... values) {
        return Arrays.stream(values).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
    }

    private static double rounded(DataType type, float value) {
        return switch (type) {
            case BFLOAT16 -> Bfloat16.toFloat(Bfloat16.fromFloat(value));
            case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            default -> value;
        };
    }
}
