package crosscut.kernels.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Gives ops the rows of a tensor as fp32, so that each op has one inner loop whatever the type: a FLOAT32 tensor is used where it lies, a BFLOAT16 one goes
 * through a scratch row per worker. Offsets are in bytes of {@link #segment()}.
 */
public final class RowBuffer {

    private static final long CACHE_LINE = 64;

    private final Tensor tensor;
    private final boolean direct;
    private final MemorySegment memory;
    private final MemorySegment segment;
    private final long scratchStride;

    /**
     * Binds a tensor.
     *
     * @param tensor FLOAT32 or BFLOAT16, in memory that the host reaches
     * @param columns most columns that are asked for at once
     * @param workers threads of the pool
     */
    public RowBuffer(Tensor tensor, int columns, int workers) {
        TensorChecks.floatingOnCpu("a tensor", tensor);
        this.tensor = tensor;
        direct = tensor.type() == DataType.FLOAT32;
        memory = tensor.hostSegment();
        // A spare line between the rows keeps two workers from writing to the same one.
        scratchStride = ((long) columns * Float.BYTES / CACHE_LINE + 2) * CACHE_LINE;
        segment = direct ? memory : Arena.ofAuto().allocate(scratchStride * workers, CACHE_LINE);
    }

    /** Where the fp32 values lie. */
    public MemorySegment segment() {
        return segment;
    }

    /** Where the values of a piece of a row can be read: in place, or widened into the worker's scratch row. */
    public long load(long row, int column, int count, int worker) {
        long offset = tensor.byteOffset(row, column);
        if (direct) {
            return offset;
        }
        long scratch = worker * scratchStride;
        Bfloat16.widen(memory, offset, segment, scratch, count);
        return scratch;
    }

    /** Where the values of a piece of a row are to be written; {@link #store} must follow. */
    public long target(long row, int column, int worker) {
        return direct ? tensor.byteOffset(row, column) : worker * scratchStride;
    }

    /** Brings what was written at {@link #target} into the tensor, rounded to its type. */
    public void store(long row, int column, int count, int worker) {
        if (!direct) {
            Bfloat16.narrow(segment, worker * scratchStride, memory, tensor.byteOffset(row, column), count);
        }
    }

    /** Fills a piece of a row of the tensor with fp32 values that lie elsewhere, rounded to its type on the way. */
    public void fill(long row, int column, int count, MemorySegment source, long sourceOffset) {
        if (direct) {
            VectorLoops.copy(source, sourceOffset, memory, tensor.byteOffset(row, column), count);
        } else {
            Bfloat16.narrow(source, sourceOffset, memory, tensor.byteOffset(row, column), count);
        }
    }
}
