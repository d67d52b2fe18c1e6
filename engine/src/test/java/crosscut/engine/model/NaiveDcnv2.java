package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.TableConfig;
import crosscut.kernels.embedding.Pooling;
import java.util.Arrays;
import java.util.Map;

/** DCNv2 forward in double precision, one sample at a time, written from the formulas alone: what finite differences are taken of. */
final class NaiveDcnv2 {

    private final ModelConfig model;
    private final Map<String, double[][]> parameters;
    private double closestToKink = Double.POSITIVE_INFINITY;

    /**
     * @param parameters dense ones by name, (in, out); tables as "embedding.INDEX", (rows, dimension)
     */
    NaiveDcnv2(ModelConfig model, Map<String, double[][]> parameters) {
        this.model = model;
        this.parameters = parameters;
    }

    /** Mean binary cross entropy over a batch: numerical[b], ids[b][table][hotness], labels[b]. */
    double loss(double[][] numerical, int[][][] ids, double[] labels) {
        double sum = 0;
        for (int b = 0; b < labels.length; b++) {
            double z = logit(numerical[b], ids[b]);
            sum += Math.max(z, 0) - z * labels[b] + Math.log1p(Math.exp(-Math.abs(z)));
        }
        return sum / labels.length;
    }

    /** Smallest distance of any ReLU's input from 0 so far; a finite difference across a kink means nothing. */
    double closestToKink() {
        return closestToKink;
    }

    private double logit(double[] numerical, int[][] ids) {
        double[] bottom = model.numericalFeatures() == 0 ? new double[0] : mlp("bottom", numerical, model.bottomMlp().size(), true);
        double[] x0 = concat(bottom, lookup(ids));
        double[] x = x0;
        for (int layer = 0; layer < model.crossLayers(); layer++) {
            double[] h = crossProduct("cross." + layer, x);
            double[] next = new double[x0.length];
            for (int i = 0; i < next.length; i++) {
                next[i] = x0[i] * h[i] + x[i];
            }
            x = next;
        }
        double[] topInput = model.concatBottom() ? concat(x, bottom) : x;
        return mlp("top", topInput, model.topMlp().size(), false)[0];
    }

    private double[] lookup(int[][] ids) {
        double[] all = new double[0];
        for (int t = 0; t < ids.length; t++) {
            TableConfig table = model.tables().get(t);
            double[] pooled = new double[table.dimension()];
            for (int id : ids[t]) {
                for (int c = 0; c < pooled.length; c++) {
                    pooled[c] += parameters.get("embedding." + t)[id][c] / (table.pooling() == Pooling.MEAN ? table.hotness() : 1);
                }
            }
            all = concat(all, pooled);
        }
        return all;
    }

    private double[] crossProduct(String name, double[] x) {
        double[] u = model.projection() > 0 ? linear(x, parameters.get(name + ".U"), null) : x;
        return linear(u, parameters.get(name + (model.projection() > 0 ? ".V" : ".weight")), parameters.get(name + ".bias")[0]);
    }

    private double[] mlp(String name, double[] input, int layers, boolean reluAtEnd) {
        double[] x = input;
        for (int layer = 0; layer < layers; layer++) {
            x = linear(x, parameters.get(name + "." + layer + ".weight"), parameters.get(name + "." + layer + ".bias")[0]);
            if (reluAtEnd || layer < layers - 1) {
                relu(x);
            }
        }
        return x;
    }

    private void relu(double[] x) {
        for (int i = 0; i < x.length; i++) {
            closestToKink = Math.min(closestToKink, Math.abs(x[i]));
            x[i] = Math.max(x[i], 0);
        }
    }

    /** Rows of w beyond the input's width belong to zero padding. */
    private static double[] linear(double[] x, double[][] w, double[] bias) {
        double[] y = bias == null ? new double[w[0].length] : bias.clone();
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y.length; j++) {
                y[j] += x[i] * w[i][j];
            }
        }
        return y;
    }

    private static double[] concat(double[] a, double[] b) {
        double[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
