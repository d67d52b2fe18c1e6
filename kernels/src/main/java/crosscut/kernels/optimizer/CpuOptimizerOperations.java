package crosscut.kernels.optimizer;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.PiecewiseOperation;
import crosscut.kernels.device.RowBuffer;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.VectorLoops;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link OptimizerOperations} on the worker threads of the CPU device. */
public final class CpuOptimizerOperations implements OptimizerOperations {

    private final WorkerPool pool;

    public CpuOptimizerOperations(WorkerPool pool) {
        this.pool = pool;
    }

    @Override
    public Operation update(
            UpdateRule rule, Tensor weights, Tensor gradients, Tensor firstMoments, Tensor secondMoments, Tensor computeCopy, Tensor step) {
        OptimizerChecks.update(rule, weights, gradients, firstMoments, secondMoments, computeCopy, step);
        if (computeCopy != null) {
            TensorChecks.floatingOnCpu("compute copy", computeCopy);
        }
        ParameterUpdate update = new ParameterUpdate(rule, values(weights), values(firstMoments), values(secondMoments), step);
        return new Update(pool, update, weights, gradients, computeCopy);
    }

    @Override
    public Operation cast(Tensor source, Tensor target) {
        TensorChecks.floatingOnCpu("source", source);
        TensorChecks.floatingOnCpu("target", target);
        OptimizerChecks.cast(source, target);
        return new Cast(pool, source, target);
    }

    @Override
    public Operation checkFinite(List<Tensor> gradients, Tensor lossScale) {
        gradients.forEach(gradient -> TensorChecks.floatingOnCpu("gradient", gradient));
        LossScale.check(lossScale);
        return new CpuFiniteCheck(pool, gradients, lossScale);
    }

    @Override
    public Operation adjustLossScale(LossScale rule, Tensor lossScale, Tensor step) {
        LossScale.check(lossScale);
        UpdateRule.checkStep(step);
        return new CpuLossScaleAdjustment(rule, lossScale, step);
    }

    @Override
    public Operation gradientNorm(Tensor gradients, Tensor step, Tensor norm) {
        OptimizerChecks.gradientNorm(gradients, step, norm);
        return new CpuGradientNorm(pool, gradients, step, norm);
    }

    private static MemorySegment values(Tensor tensor) {
        return tensor == null ? null : tensor.hostSegment().asSlice(tensor.byteOffset(), tensor.elements() * Float.BYTES);
    }

    private static final class Update extends PiecewiseOperation {

        private final ParameterUpdate update;
        private final Tensor weights;
        private final Tensor gradients;
        private final Tensor computeCopy;

        Update(WorkerPool pool, ParameterUpdate update, Tensor weights, Tensor gradients, Tensor computeCopy) {
            super(pool, 1, weights.columns());
            this.update = update;
            this.weights = weights;
            this.gradients = gradients;
            this.computeCopy = computeCopy;
        }

        @Override
        public void launch(Stream stream) {
            if (update.readStep()) {
                super.launch(stream);
            }
        }

        @Override
        protected void piece(long row, int column, int count, int worker) {
            update.apply((long) column * Float.BYTES, gradients.hostSegment(), gradients.byteOffset(row, column), count, 1);
            if (computeCopy != null) {
                Bfloat16.narrow(weights.hostSegment(), weights.byteOffset(row, column), computeCopy.hostSegment(), computeCopy.byteOffset(row, column), count);
            }
        }
    }

    private static final class Cast extends PiecewiseOperation {

        private final RowBuffer source;
        private final RowBuffer target;

        Cast(WorkerPool pool, Tensor source, Tensor target) {
            super(pool, source.rows(), source.columns());
            this.source = pieces(source, pool);
            this.target = pieces(target, pool);
        }

        @Override
        protected void piece(long row, int column, int count, int worker) {
            long from = source.load(row, column, count, worker);
            VectorLoops.copy(source.segment(), from, target.segment(), target.target(row, column, worker), count);
            target.store(row, column, count, worker);
        }
    }
}
