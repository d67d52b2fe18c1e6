package crosscut.kernels.cross;

import crosscut.kernels.device.MixedPrecisionLoops;
import crosscut.kernels.device.PiecewiseOperation;
import crosscut.kernels.device.RowBuffer;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.VectorLoops;
import crosscut.kernels.device.WorkerPool;
import java.util.List;

/** The sum over all layers that ends the way back; a piece of the sum stays in fp32 in the first-level cache until all layers are in it. */
final class CpuCrossInputGradient extends PiecewiseOperation {

    private final Tensor[] gradients;
    private final Tensor[] h;
    private final RowBuffer bottomGradient;
    private final RowBuffer x0;
    private final int bottomWidth;
    private final RowBuffer dx0;

    CpuCrossInputGradient(
            WorkerPool pool, List<Tensor> gradients, List<Tensor> h, Tensor bottomGradient, Tensor x0, int bottomWidth, Tensor dx0) {
        super(pool, x0.rows(), x0.columns());
        this.gradients = gradients.toArray(Tensor[]::new);
        this.h = h.toArray(Tensor[]::new);
        this.bottomGradient = bottomGradient == null ? null : pieces(bottomGradient, pool);
        this.x0 = pieces(x0, pool);
        this.bottomWidth = bottomWidth;
        this.dx0 = pieces(dx0, pool);
    }

    @Override
    protected void piece(long row, int column, int count, int worker) {
        long sum = dx0.target(row, column, worker);
        Tensor first = gradients[0];
        MixedPrecisionLoops.widen(first.type(), first.hostSegment(), first.byteOffset(row, column), dx0.segment(), sum, count);
        int layer = 0;
        for (; layer + 1 < h.length; layer += 2) {
            Tensor gradient = gradients[layer + 1];
            Tensor following = gradients[layer + 2];
            MixedPrecisionLoops.addTwoProducts(gradient.type(),
                    gradient.hostSegment(), gradient.byteOffset(row, column), h[layer].hostSegment(), h[layer].byteOffset(row, column),
                    following.hostSegment(), following.byteOffset(row, column), h[layer + 1].hostSegment(), h[layer + 1].byteOffset(row, column),
                    dx0.segment(), sum, count);
        }
        if (layer < h.length) {
            Tensor gradient = gradients[layer + 1];
            MixedPrecisionLoops.addProduct(gradient.type(),
                    gradient.hostSegment(), gradient.byteOffset(row, column),
                    h[layer].hostSegment(), h[layer].byteOffset(row, column),
                    dx0.segment(), sum, count);
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
