package crosscut.kernels.gemm;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.WorkerPool;

/** A copy of the right-hand operand of a product in the order in which oneDNN multiplies, one piece for every block of columns. Launching makes it. */
final class PackedRight implements Operation, WorkerPool.Task {

    /** Pieces start on a cache line, and so does every vector in them. */
    private static final long ALIGNMENT = 64;

    private final WorkerPool pool;
    private final OneDnnMatrixProducts owner;
    private final MatrixView right;
    private final BlockGrid grid;
    private final WorkerMatmul[] products;
    private final WorkerPacking[] packings;
    private final long[] offsets;
    private final DeviceMemory copy;
    private boolean isMade;

    /**
     * Binds the copying.
     *
     * @param products one for every block of columns
     * @param copy {@link #byteSize} bytes
     */
    PackedRight(OneDnnMatrixProducts owner, MatrixView right, BlockGrid grid, WorkerMatmul[] products, DeviceMemory copy) {
        this.pool = owner.pool();
        this.owner = owner;
        this.right = right;
        this.grid = grid;
        this.products = products;
        this.copy = copy;
        packings = new WorkerPacking[products.length];
        offsets = new long[products.length];
        long offset = 0;
        for (int piece = 0; piece < products.length; piece++) {
            packings[piece] = owner.packing(products[piece]);
            offsets[piece] = offset;
            offset += aligned(products[piece].weightsByteSize());
        }
    }

    /** Bytes of all pieces. */
    static long byteSize(WorkerMatmul[] products) {
        long sum = 0;
        for (WorkerMatmul product : products) {
            sum += aligned(product.weightsByteSize());
        }
        return sum;
    }

    private static long aligned(long size) {
        return Math.ceilDiv(size, ALIGNMENT) * ALIGNMENT;
    }

    /** Whether {@code product} multiplies by such a piece. */
    boolean isFor(int piece, WorkerMatmul product) {
        return product.hasWeightsLike(products[piece]);
    }

    /** Address of the piece for a block of columns. */
    long address(int piece) {
        return copy.address() + offsets[piece];
    }

    /**
     * For whoever is about to read the copy.
     *
     * @throws IllegalStateException when it was never made
     */
    void requireMade() {
        if (!isMade) {
            throw new IllegalStateException(FixedWeights.NOT_TAKEN);
        }
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(packings.length, this);
        isMade = true;
    }

    @Override
    public void run(int piece, int worker) {
        owner.makeSingleThreaded();
        packings[piece].run(worker, right.address(0, grid.columnOfPiece(piece)), address(piece));
    }
}
