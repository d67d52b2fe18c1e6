package crosscut.kernels.embedding;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.RowBuffer;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rows of tables copied to where samples need them, one id per sample. Where rows are short, all samples of a strip of one or two vectors go in one loop:
 * a loop over such a row takes longer to begin than to run.
 *
 * <p>Each loop stands here once for each type, for the reason that {@link crosscut.kernels.device.Bfloat16Loops} gives.
 */
final class RowCopies {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    private static final int WIDE = 2 * LANES;

    /** From so many columns on a row is copied by itself. */
    private static final int LONG_ROW = 128;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final MemorySegment weights;
    private final TableIds ids;
    private final MemorySegment target;
    private final long targetOffset;
    private final long targetStride;
    private final int elementBytes;
    private final boolean isFloat32;
    private final RowBuffer output;
    private final MemorySegment nothing;

    /**
     * Binds the copies.
     *
     * @param target (batch, columns) FLOAT32 or BFLOAT16
     * @param output {@code target} for whoever has rows of fp32
     * @param nothing what a row that is elsewhere counts as, in fp32, as many as the widest table has columns
     */
    RowCopies(TableSet tables, TableIds ids, Tensor target, RowBuffer output, MemorySegment nothing) {
        weights = tables.weights().hostSegment();
        this.ids = ids;
        this.target = target.hostSegment();
        targetOffset = target.byteOffset();
        elementBytes = target.type().byteSize();
        targetStride = target.rowStride() * elementBytes;
        isFloat32 = target.type() == DataType.FLOAT32;
        this.output = output;
        this.nothing = nothing;
    }

    /** Copies the rows of {@code samples} samples from {@code first} on. */
    void copy(EmbeddingTable table, long first, int samples) {
        int dimension = table.dimension();
        int inStrips = dimension < LONG_ROW ? FLOATS.loopBound(dimension) : 0;
        int column = 0;
        for (; column <= inStrips - WIDE; column += WIDE) {
            if (isFloat32) {
                copyWide(table, first, samples, column);
            } else {
                narrowWide(table, first, samples, column);
            }
        }
        if (column < inStrips && isFloat32) {
            copyVector(table, first, samples, column);
        } else if (column < inStrips) {
            narrowVector(table, first, samples, column);
        }
        if (inStrips < dimension) {
            copyRest(table, first, samples, inStrips);
        }
    }

    private void copyWide(EmbeddingTable table, long first, int samples, int column) {
        long from = (long) column * Float.BYTES;
        long to = target(table, first, column);
        for (int sample = 0; sample < samples; sample++, to += targetStride) {
            int id = ids.id(table, first + sample);
            if (table.holds(id)) {
                long row = table.rowByte(id) + from;
                load(row).intoMemorySegment(target, to, ORDER);
                load(row + LANES * Float.BYTES).intoMemorySegment(target, to + LANES * Float.BYTES, ORDER);
            } else {
                fillWithNothing(table, first + sample, column, WIDE);
            }
        }
    }

    private void narrowWide(EmbeddingTable table, long first, int samples, int column) {
        long from = (long) column * Float.BYTES;
        long to = target(table, first, column);
        for (int sample = 0; sample < samples; sample++, to += targetStride) {
            int id = ids.id(table, first + sample);
            if (table.holds(id)) {
                long row = table.rowByte(id) + from;
                Bfloat16.store(load(row), target, to);
                Bfloat16.store(load(row + LANES * Float.BYTES), target, to + LANES * Short.BYTES);
            } else {
                fillWithNothing(table, first + sample, column, WIDE);
            }
        }
    }

    private void copyVector(EmbeddingTable table, long first, int samples, int column) {
        long from = (long) column * Float.BYTES;
        long to = target(table, first, column);
        for (int sample = 0; sample < samples; sample++, to += targetStride) {
            int id = ids.id(table, first + sample);
            if (table.holds(id)) {
                load(table.rowByte(id) + from).intoMemorySegment(target, to, ORDER);
            } else {
                fillWithNothing(table, first + sample, column, LANES);
            }
        }
    }

    private void narrowVector(EmbeddingTable table, long first, int samples, int column) {
        long from = (long) column * Float.BYTES;
        long to = target(table, first, column);
        for (int sample = 0; sample < samples; sample++, to += targetStride) {
            int id = ids.id(table, first + sample);
            if (table.holds(id)) {
                Bfloat16.store(load(table.rowByte(id) + from), target, to);
            } else {
                fillWithNothing(table, first + sample, column, LANES);
            }
        }
    }

    /** The columns after the last strip. */
    private void copyRest(EmbeddingTable table, long first, int samples, int column) {
        int count = table.dimension() - column;
        for (int sample = 0; sample < samples; sample++) {
            int id = ids.id(table, first + sample);
            if (table.holds(id)) {
                output.fill(first + sample, table.columnOffset() + column, count, weights, table.rowByte(id) + (long) column * Float.BYTES);
            } else {
                fillWithNothing(table, first + sample, column, count);
            }
        }
    }

    private void fillWithNothing(EmbeddingTable table, long sample, int column, int count) {
        output.fill(sample, table.columnOffset() + column, count, nothing, 0);
    }

    private long target(EmbeddingTable table, long sample, int column) {
        return targetOffset + sample * targetStride + (long) (table.columnOffset() + column) * elementBytes;
    }

    private FloatVector load(long from) {
        return FloatVector.fromMemorySegment(FLOATS, weights, from, ORDER);
    }
}
