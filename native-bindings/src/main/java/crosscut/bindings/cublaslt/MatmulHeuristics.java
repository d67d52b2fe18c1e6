package crosscut.bindings.cublaslt;

import crosscut.bindings.generated.cublaslt.cublasLtMatmulHeuristicResult_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Room for the algorithms that cuBLASLt suggests for a product. */
public final class MatmulHeuristics {

    private final MemorySegment results;
    private final int capacity;
    private int count;

    /** Room for {@code capacity} algorithms, as long as the arena lives. */
    public MatmulHeuristics(Arena arena, int capacity) {
        this.capacity = capacity;
        results = cublasLtMatmulHeuristicResult_t.allocateArray(capacity, arena);
    }

    MemorySegment results() {
        return results;
    }

    int capacity() {
        return capacity;
    }

    void setCount(int newCount) {
        count = newCount;
    }

    /** Algorithms that were suggested, best first. */
    public int count() {
        return count;
    }

    private MemorySegment result(int index) {
        return cublasLtMatmulHeuristicResult_t.asSlice(results, index);
    }

    /** The opaque algorithm, as {@link CublasLt#matmul} takes it; a view of this room. */
    public MemorySegment algorithm(int index) {
        return cublasLtMatmulHeuristicResult_t.algo(result(index));
    }

    /** Bytes of workspace that it needs. */
    public long workspaceBytes(int index) {
        return cublasLtMatmulHeuristicResult_t.workspaceSize(result(index));
    }

    /** True when it can be used. */
    public boolean isUsable(int index) {
        return cublasLtMatmulHeuristicResult_t.state(result(index)) == CublasStatus.SUCCESS.code();
    }

    /** How many times over the product fills the GPU. */
    public float waves(int index) {
        return cublasLtMatmulHeuristicResult_t.wavesCount(result(index));
    }
}
