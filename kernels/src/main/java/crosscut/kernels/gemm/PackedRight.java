package crosscut.kernels.gemm;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.WorkerPool;

/** The copy of a right-hand operand that stays as it is for many launches of the product. Launching makes it. */
final class PackedRight implements RightCopy, Operation, WorkerPool.Task {

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

    @Override
    public boolean isFor(int piece, WorkerMatmul product) {
        return product.hasWeightsLike(products[piece]);
    }

    @Override
    public long address(int piece) {
        return copy.address() + offsets[piece];
    }

    /** @throws IllegalStateException when the copy was never made */
    @Override
    public void prepare() {
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
