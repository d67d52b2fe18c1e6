package crosscut.kernels.loss;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.ValueLayout;

/** Loss and gradient of one batch; every block of samples leaves one double sum, and the sums are added in order. */
final class CpuBinaryCrossEntropy implements Operation, WorkerPool.Task {

    private static final int BLOCK_SAMPLES = 1024;

    private final WorkerPool pool;
    private final Tensor logits;
    private final Tensor labels;
    private final long globalBatch;
    private final Tensor lossScale;
    private final Tensor logitGradient;
    private final Tensor loss;
    private final double[] blockSums;
    private double gradientFactor;

    CpuBinaryCrossEntropy(WorkerPool pool, Tensor logits, Tensor labels, long globalBatch, Tensor lossScale, Tensor logitGradient, Tensor loss) {
        this.pool = pool;
        this.logits = logits;
        this.labels = labels;
        this.globalBatch = globalBatch;
        this.lossScale = lossScale;
        this.logitGradient = logitGradient;
        this.loss = loss;
        this.blockSums = new double[Math.toIntExact(Math.ceilDiv(logits.rows(), (long) BLOCK_SAMPLES))];
    }

    @Override
    public void launch(Stream stream) {
        double scale = lossScale == null ? 1 : lossScale.hostSegment().get(ValueLayout.JAVA_FLOAT, lossScale.byteOffset());
        gradientFactor = scale / globalBatch;
        pool.parallel(blockSums.length, this);
        double sum = 0;
        for (double blockSum : blockSums) {
            sum += blockSum;
        }
        loss.hostSegment().set(ValueLayout.JAVA_FLOAT, loss.byteOffset(), (float) (sum / globalBatch));
    }

    @Override
    public void run(int index, int worker) {
        long first = (long) index * BLOCK_SAMPLES;
        long end = Math.min(first + BLOCK_SAMPLES, logits.rows());
        double sum = 0;
        for (long sample = first; sample < end; sample++) {
            double logit = read(logits, logits.byteOffset(sample, 0));
            double label = labels.hostSegment().get(ValueLayout.JAVA_FLOAT, labels.byteOffset(0, sample));
            // exp(-|z|) cannot overflow, and both the loss and the sigmoid follow from it without cancellation.
            double tail = Math.exp(-Math.abs(logit));
            sum += Math.max(logit, 0) - logit * label + Math.log1p(tail);
            if (logitGradient != null) {
                double probability = (logit >= 0 ? 1 : tail) / (1 + tail);
                write(logitGradient, logitGradient.byteOffset(sample, 0), (float) (gradientFactor * (probability - label)));
            }
        }
        blockSums[index] = sum;
    }

    private static float read(Tensor tensor, long byteOffset) {
        return tensor.type() == DataType.FLOAT32
                ? tensor.hostSegment().get(ValueLayout.JAVA_FLOAT, byteOffset)
                : Bfloat16.toFloat(tensor.hostSegment().get(ValueLayout.JAVA_SHORT, byteOffset));
    }

    private static void write(Tensor tensor, long byteOffset, float value) {
        if (tensor.type() == DataType.FLOAT32) {
            tensor.hostSegment().set(ValueLayout.JAVA_FLOAT, byteOffset, value);
        } else {
            tensor.hostSegment().set(ValueLayout.JAVA_SHORT, byteOffset, Bfloat16.fromFloat(value));
        }
    }
}
