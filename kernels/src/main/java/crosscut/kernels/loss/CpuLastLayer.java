package crosscut.kernels.loss;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.BlockSums;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.RowBuffer;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.VectorLoops;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@link LossOperations#lastLayer} on the CPU: a worker takes a block of samples one by one, so that a sample's input is in the nearest cache for all that is
 * done with it. A block leaves its loss, and a row of sums: the gradients of the weights, then that of the bias.
 */
final class CpuLastLayer implements Operation, WorkerPool.Task {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final WorkerPool pool;
    private final LastLayer layer;
    private final Tensor labels;
    private final long globalBatch;
    private final Tensor lossScale;
    private final Tensor loss;
    private final int width;
    private final RowBuffer inputs;
    private final RowBuffer weights;
    private final RowBuffer inputGradients;
    private final BlockSums gradients;
    private final double[] losses;
    /** A cache line per worker. */
    private final MemorySegment runningSums;
    private double gradientFactor;
    private float bias;

    CpuLastLayer(WorkerPool pool, LastLayer layer, Tensor labels, long globalBatch, Tensor lossScale, Tensor loss) {
        this.pool = pool;
        this.layer = layer;
        this.labels = labels;
        this.globalBatch = globalBatch;
        this.lossScale = lossScale;
        this.loss = loss;
        width = layer.x().columns();
        Tensor w = layer.w();
        inputs = new RowBuffer(layer.x(), width, pool.threads());
        weights = new RowBuffer(new Tensor(w.memory(), w.byteOffset(), w.type(), 1, width, width), width, pool.threads());
        inputGradients = new RowBuffer(layer.inputGradient(), width, pool.threads());
        gradients = new BlockSums(pool, layer.x().rows(), width + 1);
        losses = new double[gradients.blocks()];
        runningSums = Arena.ofAuto().allocate((long) pool.threads() * VectorLoops.RUNNING_SUMS * Float.BYTES, VectorLoops.RUNNING_SUMS * Float.BYTES);
    }

    @Override
    public void launch(Stream stream) {
        double scale = lossScale == null ? 1 : get(lossScale);
        gradientFactor = scale / globalBatch;
        bias = get(layer.bias());
        pool.parallel(losses.length, this);
        gradients.add();
        MemorySegment sums = gradients.segment();
        Tensor dw = layer.weightGradient();
        MemorySegment.copy(sums, gradients.offset(0), dw.hostSegment(), dw.byteOffset(), (long) width * Float.BYTES);
        set(layer.biasGradient(), sums.get(FLOAT, biasOffset(0)));
        double sum = 0;
        for (double blockLoss : losses) {
            sum += blockLoss;
        }
        set(loss, (float) (sum / globalBatch));
    }

    private static float get(Tensor single) {
        return single.hostSegment().get(FLOAT, single.byteOffset());
    }

    private static void set(Tensor single, float value) {
        single.hostSegment().set(FLOAT, single.byteOffset(), value);
    }

    private long biasOffset(int block) {
        return gradients.offset(block) + (long) width * Float.BYTES;
    }

    @Override
    public void run(int block, int worker) {
        long weight = weights.load(0, 0, width, worker);
        VectorLoops.clear(gradients.segment(), gradients.offset(block), width);
        float biasGradient = 0;
        double sum = 0;
        for (long sample = gradients.firstRow(block); sample < gradients.endRow(block); sample++) {
            long input = inputs.load(sample, 0, width, worker);
            float logit = rounded(bias + VectorLoops.dot(inputs.segment(), input, weights.segment(), weight, width, runningSums,
                    (long) worker * VectorLoops.RUNNING_SUMS * Float.BYTES));
            double label = labels.hostSegment().get(FLOAT, labels.byteOffset(0, sample));
            // exp(-|z|) cannot overflow, and both the loss and the sigmoid follow from it without cancellation.
            double tail = Math.exp(-Math.abs((double) logit));
            sum += Math.max((double) logit, 0) - logit * label + Math.log1p(tail);
            double probability = (logit >= 0 ? 1 : tail) / (1 + tail);
            float gradient = rounded((float) (gradientFactor * (probability - label)));
            write(layer.logits(), sample, logit);
            write(layer.logitGradient(), sample, gradient);
            biasGradient += gradient;
            wayBack(sample, gradient, input, weight, block, worker);
        }
        gradients.segment().set(FLOAT, biasOffset(block), biasGradient);
        losses[block] = sum;
    }

    private void wayBack(long sample, float gradient, long input, long weight, int block, int worker) {
        VectorLoops.addScaled(gradient, inputs.segment(), input, gradients.segment(), gradients.offset(block), width);
        long target = inputGradients.target(sample, 0, worker);
        VectorLoops.scale(gradient, weights.segment(), weight, inputGradients.segment(), target, width);
        if (layer.isReluOutput()) {
            VectorLoops.zeroUnlessPositive(inputs.segment(), input, inputGradients.segment(), target, width);
        }
        inputGradients.store(sample, 0, width, worker);
    }

    /** To the type of the layer. */
    private float rounded(float value) {
        return layer.x().type() == DataType.FLOAT32 ? value : Bfloat16.toFloat(Bfloat16.fromFloat(value));
    }

    private static void write(Tensor column, long row, float value) {
        long offset = column.byteOffset(row, 0);
        if (column.type() == DataType.FLOAT32) {
            column.hostSegment().set(FLOAT, offset, value);
        } else {
            column.hostSegment().set(ValueLayout.JAVA_SHORT, offset, Bfloat16.fromFloat(value));
        }
    }
}
