package crosscut.kernels.cross;

import crosscut.kernels.device.PiecewiseOperation;
import crosscut.kernels.device.RowBuffer;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.VectorLoops;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The sum over all layers that ends the way back; a piece of the sum stays in fp32 in the first-level cache until all layers are in it. */
final class CpuCrossInputGradient extends PiecewiseOperation {

    private final RowBuffer[] gradients;
    private final RowBuffer[] h;
    private final RowBuffer bottomGradient;
    private final RowBuffer x0;
    private final int bottomWidth;
    private final RowBuffer dx0;

    CpuCrossInputGradient(
            WorkerPool pool, List<Tensor> gradients, List<Tensor> h, Tensor bottomGradient, Tensor x0, int bottomWidth, Tensor dx0) {
        super(pool, x0.rows(), x0.columns());
        this.gradients = gradients.stream().map(tensor -> pieces(tensor, pool)).toArray(RowBuffer[]::new);
        this.h = h.stream().map(tensor -> pieces(tensor, pool)).toArray(RowBuffer[]::new);
        this.bottomGradient = bottomGradient == null ? null : pieces(bottomGradient, pool);
        this.x0 = pieces(x0, pool);
        this.bottomWidth = bottomWidth;
        this.dx0 = pieces(dx0, pool);
    }

    @Override
    protected void piece(long row, int column, int count, int worker) {
        long sum = dx0.target(row, column, worker);
        // Not VectorLoops.copy: inlined here, the JIT leaves its vectors on the heap (seen on JDK 25).
        MemorySegment.copy(gradients[0].segment(), gradients[0].load(row, column, count, worker), dx0.segment(), sum, (long) count * Float.BYTES);
        for (int layer = 0; layer < h.length; layer++) {
            RowBuffer gradient = gradients[layer + 1];
            VectorLoops.multiplyAdd(
                    gradient.segment(), gradient.load(row, column, count, worker),
                    h[layer].segment(), h[layer].load(row, column, count, worker),
                    dx0.segment(), sum, dx0.segment(), sum, count);
        }
        int bottomCount = Math.min(count, bottomWidth - column);
        if (bottomCount > 0) {
            throughBottom(row, column, bottomCount, worker, sum);
        }
        dx0.store(row, column, count, worker);
    }

    private void throughBottom(long row, int column, int count, int worker, long sum) {
        if (bottomGradient != null) {
            VectorLoops.add(bottomGradient.segment(), bottomGradient.load(row, column, count, worker), dx0.segment(), sum, count);
        }
        VectorLoops.zeroUnlessPositive(x0.segment(), x0.load(row, column, count, worker), dx0.segment(), sum, count);
    }
}
