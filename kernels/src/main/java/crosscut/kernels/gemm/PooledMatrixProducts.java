package crosscut.kernels.gemm;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.WorkerPool;

/** The three products brought to one form, {@link ProductTerms}; who extends it computes that form on the threads of a pool. */
abstract class PooledMatrixProducts implements CpuMatrixProducts {

    private final WorkerPool pool;

    PooledMatrixProducts(WorkerPool pool) {
        this.pool = pool;
    }

    final WorkerPool pool() {
        return pool;
    }

    /**
     * The op that computes {@code terms}.
     *
     * @param fixed takes copies of the right-hand operand, which are then read in its place; null to read it at every launch
     */
    abstract Operation bind(ProductTerms terms, FixedWeights fixed);

    private Operation bind(ProductTerms terms) {
        return bind(terms, null);
    }

    @Override
    public final Operation forward(Tensor x, Tensor w, Tensor bias, Activation activation, Tensor y, FixedWeights fixed) {
        TensorChecks.floatingOnCpu("x", x);
        return bind(ProductTerms.forward(x, w, bias, biasType(w), activation, y), fixed);
    }

    @Override
    public final Operation inputGradient(Tensor dy, Tensor w, Tensor residual, Tensor reluOutput, Tensor dx) {
        TensorChecks.floatingOnCpu("dy", dy);
        return bind(ProductTerms.inputGradient(dy, w, residual, reluOutput, dx));
    }

    @Override
    public final Operation weightGradient(Tensor x, Tensor dy, Tensor dw, Tensor db) {
        TensorChecks.floatingOnCpu("x", x);
        return WeightGradient.of(pool, ProductTerms.weightGradient(x, dy, dw, db), dy, db, this::bind);
    }
}
