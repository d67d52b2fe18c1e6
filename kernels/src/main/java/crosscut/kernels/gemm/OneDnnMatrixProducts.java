package crosscut.kernels.gemm;

import crosscut.bindings.onednn.ElementType;
import crosscut.bindings.onednn.MatmulDescription;
import crosscut.bindings.onednn.MatrixLayout;
import crosscut.bindings.onednn.OneDnn;
import crosscut.bindings.onednn.OneDnnStream;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.WorkerPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Matrix products through oneDNN. The threads are those of the pool: a product is cut into blocks and oneDNN computes each block in the one thread that runs
 * the task, so it cannot choose another order of summation when the number of threads changes. Where the processor has no bf16 units, bf16 blocks are widened
 * to fp32 first.
 */
public final class OneDnnMatrixProducts extends PooledMatrixProducts {

    private final OneDnn library;
    private final OneDnnStream[] streams;
    private final WorkerScratch scratch;
    /** Copies of operands, of one launch at a time: those of an op that is launched inside a task belong to that task's worker. */
    private final WorkerScratch operands;
    /** Pieces of bf16 operands as fp32, and their sums, where there are no bf16 units. */
    private final WorkerScratch widened;
    /** Blocks of the same shape, strides and extras share one compiled product. */
    private final Map<MatmulDescription, WorkerMatmul> compiled = new HashMap<>();

    private final List<WorkerPacking> packings = new ArrayList<>();

    /** Takes over {@code library}: {@link #close} closes it. */
    public OneDnnMatrixProducts(WorkerPool pool, OneDnn library) {
        super(pool);
        this.library = library;
        scratch = new WorkerScratch(pool.threads());
        operands = new WorkerScratch(pool.threads());
        widened = new WorkerScratch(pool.threads());
        streams = new OneDnnStream[pool.threads()];
        for (int worker = 0; worker < streams.length; worker++) {
            streams[worker] = library.newStream();
        }
    }

    @Override
    public String description() {
        String bfloat16 = library.instructionSet().hasBfloat16() ? "" : "; bf16 widened to fp32, as this CPU has no bf16 units";
        return "oneDNN " + library.version() + " (" + library.instructionSet() + ")" + bfloat16;
    }

    @Override
    Operation bind(ProductTerms terms, FixedWeights fixed) {
        boolean isWidened = isWidened(terms);
        if ((isWidened || isFloat32(terms)) && FewRows.suits(terms, fixed)) {
            return new FewRows(pool(), terms, fixed);
        }
        if (isWidened) {
            return new WidenedProduct(this, terms);
        }
        return bindParts(DepthCut.ofBoundedMemory(terms), fixed);
    }

    /** Whether operands are bf16 and this processor has no units for them: oneDNN 3.13 has no such products for AVX2. */
    private boolean isWidened(ProductTerms terms) {
        return !isFloat32(terms) && !library.instructionSet().hasBfloat16();
    }

    private static boolean isFloat32(ProductTerms terms) {
        return terms.left().tensor().type() == DataType.FLOAT32;
    }

    /** One product after the other. */
    Operation bindParts(List<ProductTerms> parts, FixedWeights fixed) {
        List<Operation> products = parts.stream().<Operation>map(part -> new OneDnnProduct(this, part, fixed)).toList();
        return products.size() == 1 ? products.getFirst() : new OperationSequence(products);
    }

    /**
     * Bytes for copies of operands that a launch of a product makes room for, at most: a processor or the library may be better off without. All launches of a
     * thread share them.
     *
     * @param fixed as in {@link MatrixProducts#forward}
     */
    public static long copiedBytes(ProductTerms terms, FixedWeights fixed) {
        if (isFloat32(terms) && FewRows.suits(terms, fixed)) {
            return 0;
        }
        return DepthCut.ofBoundedMemory(terms).stream()
                .mapToLong(part -> OperandCopies.suiting(part, BlockGrid.of(part), fixed).byteSize())
                .max().orElse(0);
    }

    /** Bytes that there is room for, for each thread that launches products. */
    public long operandBytes() {
        return operands.byteSizePerWorker();
    }

    /** Where a launch keeps copies of its operands, under {@link WorkerPool#callingWorker}. */
    WorkerScratch operands() {
        return operands;
    }

    /** Where workers keep what a {@link WidenedProduct} widens. */
    WorkerScratch widened() {
        return widened;
    }

    /** Scratch memory of every worker. */
    WorkerScratch scratch() {
        return scratch;
    }

    /**
     * The product of a block of the result.
     *
     * @param left where the rows of the block lie
     */
    WorkerMatmul compile(ProductTerms terms, MatrixLayout left, int columns, boolean hasPackedRight) {
        MatmulDescription description = new MatmulDescription(
                left,
                layout(terms.right(), terms.right().rows(), columns),
                layout(new MatrixView(terms.destination(), false), left.rows(), columns),
                terms.bias() != null, terms.residual() != null, terms.activation() == Activation.RELU, hasPackedRight);
        return compile(description);
    }

    /** A product for whichever workers run it. */
    WorkerMatmul compile(MatmulDescription description) {
        return compiled.computeIfAbsent(description, this::compileAnew);
    }

    private WorkerMatmul compileAnew(MatmulDescription description) {
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

    /** How {@code matrix} lies, of which so many rows and columns are meant. */
    static MatrixLayout layout(MatrixView matrix, long rows, long columns) {
        return layout(matrix.tensor().type(), rows, columns, matrix.rowStride(), matrix.columnStride());
    }

    static MatrixLayout layout(DataType type, long rows, long columns, long rowStride, long columnStride) {
        return new MatrixLayout(rows, columns, type == DataType.BFLOAT16 ? ElementType.BFLOAT16 : ElementType.FLOAT32, rowStride, columnStride);
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
        operands.close();
        widened.close();
        library.close();
    }
}
