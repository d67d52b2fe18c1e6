package crosscut.kernels.optimizer;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The length of the vector of all gradients; every block of elements leaves one double sum, and the sums are added in order. */
final class CpuGradientNorm implements Operation, WorkerPool.Task {

    private static final int BLOCK_ELEMENTS = 1 << 14;

    private final WorkerPool pool;
    private final Tensor gradients;
    private final Tensor step;
    private final Tensor norm;
    private final double[] blockSums;

    CpuGradientNorm(WorkerPool pool, Tensor gradients, Tensor step, Tensor norm) {
        this.pool = pool;
        this.gradients = gradients;
        this.step = step;
        this.norm = norm;
        blockSums = new double[Math.ceilDiv(gradients.columns(), BLOCK_ELEMENTS)];
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(blockSums.length, this);
        double sum = 0;
        for (double blockSum : blockSums) {
            sum += blockSum;
        }
        double scale = step.hostSegment().get(ValueLayout.JAVA_FLOAT, step.byteOffset(0, UpdateRule.GRADIENT_SCALE));
        norm.hostSegment().set(ValueLayout.JAVA_FLOAT, norm.byteOffset(), (float) (scale * Math.sqrt(sum)));
    }

    @Override
    public void run(int index, int worker) {
        MemorySegment values = gradients.hostSegment();
        int first = index * BLOCK_ELEMENTS;
        int end = Math.min(first + BLOCK_ELEMENTS, gradients.columns());
        double sum = 0;
        for (int element = first; element < end; element++) {
            double value = values.get(ValueLayout.JAVA_FLOAT, gradients.byteOffset(0, element));
            sum += value * value;
        }
        blockSums[index] = sum;
    }
}
