package crosscut.kernels.cross;

import crosscut.kernels.device.MixedPrecisionLoops;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.PiecewiseOperation;
import crosscut.kernels.device.RowBuffer;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.VectorLoops;
import crosscut.kernels.device.WorkerPool;
import crosscut.kernels.optimizer.CpuOptimizerOperations;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link CrossOperations} on the worker threads of the CPU device. */
public final class CpuCrossOperations implements CrossOperations {

    private final WorkerPool pool;

    public CpuCrossOperations(WorkerPool pool) {
        this.pool = pool;
    }

    @Override
    public Operation forward(Tensor x0, Tensor h, Tensor x, Tensor next) {
        TensorChecks.floatingOnCpu("x0", x0);
        CrossChecks.forward(x0, h, x, next);
        return new Forward(pool, x0, h, x, next);
    }

    @Override
    public Operation productGradient(Tensor g, Tensor x0, Tensor s) {
        TensorChecks.floatingOnCpu("x0", x0);
        CrossChecks.productGradient(g, x0, s);
        return new ProductGradient(pool, g, x0, s);
    }

    @Override
    public Operation inputGradient(
            List<Tensor> gradients, List<Tensor> h, Tensor bottomGradient, Tensor x0, int bottomWidth, Tensor dx0, Tensor lossScale) {
        TensorChecks.floatingOnCpu("x0", x0);
        CrossChecks.inputGradient(gradients, h, bottomGradient, x0, bottomWidth, dx0, lossScale);
        Operation gradient = new CpuCrossInputGradient(pool, gradients, h, bottomGradient, x0, bottomWidth, dx0);
        return lossScale == null ? gradient
                : new OperationSequence(List.of(gradient, new CpuOptimizerOperations(pool).checkFinite(List.of(dx0), lossScale)));
    }

    @Override
    public Operation copy(Tensor source, Tensor target) {
        CrossChecks.copy(source, target);
        return new Copy(pool, source, target);
    }

    @Override
    public Operation sum(List<Tensor> terms, Tensor target) {
        TensorChecks.floatingOnCpu("target", target);
        CrossChecks.sum(terms, target);
        return new Sum(pool, terms, target);
    }

    private static final class Forward extends PiecewiseOperation {

        private final Tensor x0;
        private final Tensor h;
        private final Tensor x;
        private final Tensor next;

        Forward(WorkerPool pool, Tensor x0, Tensor h, Tensor x, Tensor next) {
            super(pool, x0.rows(), x0.columns());
            this.x0 = x0;
            this.h = h;
            this.x = x;
            this.next = next;
        }

        @Override
        protected void piece(long row, int column, int count, int worker) {
            MixedPrecisionLoops.multiplyAdd(x0.type(),
                    x0.hostSegment(), x0.byteOffset(row, column),
                    h.hostSegment(), h.byteOffset(row, column),
                    x.hostSegment(), x.byteOffset(row, column),
                    next.hostSegment(), next.byteOffset(row, column), count);
        }
    }

    private static final class ProductGradient extends PiecewiseOperation {

        private final Tensor g;
        private final Tensor x0;
        private final Tensor s;

        ProductGradient(WorkerPool pool, Tensor g, Tensor x0, Tensor s) {
            super(pool, x0.rows(), x0.columns());
            this.g = g;
            this.x0 = x0;
            this.s = s;
        }

        @Override
        protected void piece(long row, int column, int count, int worker) {
            MixedPrecisionLoops.multiply(x0.type(),
                    g.hostSegment(), g.byteOffset(row, column),
                    x0.hostSegment(), x0.byteOffset(row, column),
                    s.hostSegment(), s.byteOffset(row, column), count);
        }
    }

    private static final class Copy extends PiecewiseOperation {

        private final Tensor source;
        private final Tensor target;

        Copy(WorkerPool pool, Tensor source, Tensor target) {
            super(pool, source.rows(), source.columns());
            this.source = source;
            this.target = target;
        }

        @Override
        protected void piece(long row, int column, int count, int worker) {
            MemorySegment.copy(source.hostSegment(), source.byteOffset(row, column), target.hostSegment(), target.byteOffset(row, column),
                    (long) count * source.type().byteSize());
        }
    }

    private static final class Sum extends PiecewiseOperation {

        private final RowBuffer[] terms;
        private final RowBuffer target;

        Sum(WorkerPool pool, List<Tensor> terms, Tensor target) {
            super(pool, target.rows(), target.columns());
            this.terms = terms.stream().map(term -> pieces(term, pool)).toArray(RowBuffer[]::new);
            this.target = pieces(target, pool);
        }

        @Override
        protected void piece(long row, int column, int count, int worker) {
            long sum = target.target(row, column, worker);
            // Not VectorLoops.copy: see MixedPrecisionLoops.
            MemorySegment.copy(terms[0].segment(), terms[0].load(row, column, count, worker), target.segment(), sum, (long) count * Float.BYTES);
            for (int term = 1; term < terms.length; term++) {
                VectorLoops.add(terms[term].segment(), terms[term].load(row, column, count, worker), target.segment(), sum, count);
            }
            target.store(row, column, count, worker);
        }
    }
}
