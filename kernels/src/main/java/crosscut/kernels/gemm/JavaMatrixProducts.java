package crosscut.kernels.gemm;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.WorkerPool;
import jdk.incubator.vector.FloatVector;

/** Matrix products with the JDK's Vector API: on every CPU, with no native library. bf16 operands are widened while they are packed. */
public final class JavaMatrixProducts extends PooledMatrixProducts {

    private final String reason;
    private final PanelBuffers buffers;

    /** For whoever chose it. */
    public JavaMatrixProducts(WorkerPool pool) {
        this(pool, null);
    }

    /**
     * For whoever could not have another one.
     *
     * @param reason what the description says about that
     */
    JavaMatrixProducts(WorkerPool pool, String reason) {
        super(pool);
        this.reason = reason;
        buffers = new PanelBuffers(pool.threads());
    }

    @Override
    public String description() {
        return "Java Vector API, " + FloatVector.SPECIES_PREFERRED.vectorBitSize() + " bits" + (reason == null ? "" : " (" + reason + ")");
    }

    /** Few rows read copies of fixed weights. Of more rows panels are packed in the tasks that read them: copies would save little. */
    @Override
    Operation bind(ProductTerms terms, FixedWeights fixed) {
        return FewRows.suits(terms, fixed) ? new FewRows(pool(), terms, fixed) : new JavaProduct(pool(), terms, buffers);
    }

    @Override
    public void close() {
        buffers.close();
    }
}
