package crosscut.simulator.blas;

import static crosscut.simulator.blas.BlasException.requireValid;

import crosscut.simulator.upcall.CallerMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The contents of a cublasLtMatmulAlgo_t: 64 opaque bytes that callers copy and keep.
 *
 * @param id of the algorithm
 * @param splits pieces that the sum over k is cut into
 * @param reduction how the pieces are summed: a value of cublasLtReductionScheme_t
 * @param tile a value of cublasLtMatmulTile_t
 * @param stages a value of cublasLtMatmulStages_t
 */
record Algorithm(int id, int splits, int reduction, int tile, int stages) {

    static final int BYTES = 64;
    static final int NO_REDUCTION = 0;
    static final int IN_PLACE = 1;
    static final int IN_COMPUTE_TYPE = 2;

    /** Sums over all of k in ascending order. */
    static final int WHOLE = 1;
    /** Sums pieces of k into the workspace and adds those in ascending order. */
    static final int SPLIT = 2;
    /** Adds pieces of k to the result in the order in which they happen to finish: another one every time. */
    static final int SPLIT_IN_PLACE = 3;

    private static final long MAGIC = 0x43_52_4F_53_53_43_55_54L;
    private static final int DEFAULT_TILE = 20;
    private static final int DEFAULT_STAGES = 11;
    private static final int SPLITS = 4;
    private static final int VECTOR_BYTES = 16;
    private static final int COUNTER_BYTES = 1024;

    /** An algorithm in the configuration that heuristics give. */
    static Algorithm of(int id) {
        requireValid(id >= WHOLE && id <= SPLIT_IN_PLACE, id + " is no algorithm of the simulator");
        int reduction = id == WHOLE ? NO_REDUCTION : id == SPLIT ? IN_COMPUTE_TYPE : IN_PLACE;
        return new Algorithm(id, id == WHOLE ? 1 : SPLITS, reduction, DEFAULT_TILE, DEFAULT_STAGES);
    }

    /** Reads what a caller kept. */
    static Algorithm read(MemorySegment pointer) {
        MemorySegment data = MemorySegment.ofArray(new long[BYTES / Long.BYTES]);
        CallerMemory.read(pointer.address(), data, "algo");
        requireValid(data.getAtIndex(ValueLayout.JAVA_LONG, 0) == MAGIC, "algo was not filled by cuBLASLt");
        return new Algorithm((int) data.getAtIndex(ValueLayout.JAVA_LONG, 1), (int) data.getAtIndex(ValueLayout.JAVA_LONG, 2),
                (int) data.getAtIndex(ValueLayout.JAVA_LONG, 3), (int) data.getAtIndex(ValueLayout.JAVA_LONG, 4),
                (int) data.getAtIndex(ValueLayout.JAVA_LONG, 5));
    }

    void write(MemorySegment pointer) {
        write(pointer.address());
    }

    void write(long address) {
        CallerMemory.write(address, MemorySegment.ofArray(new long[] {MAGIC, id, splits, reduction, tile, stages, 0, 0}), "algo");
    }

    /** Fails unless the configuration, which callers may have changed piece by piece, is one that the algorithm can run. */
    void requireConsistent() {
        boolean isSplit = id != WHOLE;
        requireValid(isSplit ? splits > 1 && splits <= 32 && reduction == of(id).reduction : splits == 1 && reduction == NO_REDUCTION,
                "algorithm " + id + " with " + splits + " splits and reduction scheme " + reduction);
    }

    /** Bytes that matrices and their columns must be aligned to. */
    int alignment(ElementType type) {
        return id == WHOLE ? type.bytes() : VECTOR_BYTES;
    }

    long workspaceBytes(ProductShape shape) {
        return switch (id) {
            case SPLIT -> (long) splits * shape.m() * shape.n() * Float.BYTES;
            case SPLIT_IN_PLACE -> COUNTER_BYTES;
            default -> 0;
        };
    }

    /** Whether columns of all matrices keep the alignment that the algorithm needs. */
    boolean takes(ProductShape shape) {
        return fits(shape.a()) && fits(shape.b()) && fits(shape.c()) && fits(shape.d()) && splits <= shape.k();
    }

    private boolean fits(MatrixShape matrix) {
        return matrix.strideBytes() % alignment(matrix.type()) == 0;
    }
}
