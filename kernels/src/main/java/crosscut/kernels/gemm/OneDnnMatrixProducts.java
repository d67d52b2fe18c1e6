package crosscut.kernels.gemm;

import crosscut.bindings.onednn.ElementType;
import crosscut.bindings.onednn.MatmulDescription;
import crosscut.bindings.onednn.MatrixLayout;
import crosscut.bindings.onednn.OneDnn;
import crosscut.bindings.onednn.OneDnnStream;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.WorkerPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Matrix products through oneDNN. The threads are those of the pool: a product is cut into blocks and oneDNN computes each block in the one thread that runs
 * the task, so it cannot choose another order of summation when the number of threads changes.
 */
public final class OneDnnMatrixProducts extends PooledMatrixProducts {

    private final OneDnn library;
    private final OneDnnStream[] streams;
    private final WorkerScratch scratch;
    /** Blocks of the same shape, strides and extras share one compiled product. */
    private final Map<MatmulDescription, WorkerMatmul> compiled = new HashMap<>();

    private final List<WorkerPacking> packings = new ArrayList<>();

    /** Takes over {@code library}: {@link #close} closes it. */
    public OneDnnMatrixProducts(WorkerPool pool, OneDnn library) {
        super(pool);
        this.library = library;
        scratch = new WorkerScratch(pool.threads());
        streams = new OneDnnStream[pool.threads()];
        for (int worker = 0; worker < streams.length; worker++) {
            streams[worker] = library.newStream();
        }
    }

    @Override
    public String description() {
        return "oneDNN " + library.version() + " (" + library.instructionSet() + ")";
    }

    @Override
    Operation bind(ProductTerms terms, FixedWeights fixed) {
        return FewRowsFloat32.suits(terms, fixed) ? new FewRowsFloat32(pool(), terms, fixed) : new OneDnnProduct(this, terms, fixed);
    }

    /** The product of a block of the result. */
    WorkerMatmul compile(ProductTerms terms, int rows, int columns, boolean hasPackedRight) {
        MatmulDescription description = new MatmulDescription(
                layout(terms.left(), rows, terms.left().columns()),
                layout(terms.right(), terms.right().rows(), columns),
                layout(new MatrixView(terms.destination(), false), rows, columns),
                terms.bias() != null, terms.residual() != null, terms.activation() == Activation.RELU, hasPackedRight);
        return compiled.computeIfAbsent(description, this::compile);
    }

    private WorkerMatmul compile(MatmulDescription description) {
        // A product is compiled for the number of threads that the compiling thread has set.
        makeSingleThreaded();
        return new WorkerMatmul(library.newMatmul(description), streams, scratch);
    }

    /** What packs right-hand operands for {@code product}; closed with this. */
    WorkerPacking packing(WorkerMatmul product) {
        makeSingleThreaded();
        WorkerPacking packing = product.newPacking();
        packings.add(packing);
        return packing;
    }

    private static MatrixLayout layout(MatrixView matrix, long rows, long columns) {
        ElementType type = matrix.tensor().type() == DataType.BFLOAT16 ? ElementType.BFLOAT16 : ElementType.FLOAT32;
        return new MatrixLayout(rows, columns, type, matrix.rowStride(), matrix.columnStride());
    }

    /** Confines oneDNN to the calling thread. The setting belongs to the thread and costs a few nanoseconds, so every task makes it. */
    void makeSingleThreaded() {
        library.setThreadsOfCallingThread(1);
    }

    @Override
    public void close() {
        packings.forEach(WorkerPacking::close);
        for (WorkerMatmul matmul : compiled.values()) {
            matmul.close();
        }
        for (OneDnnStream stream : streams) {
            stream.close();
        }
        scratch.close();
        library.close();
    }
}
