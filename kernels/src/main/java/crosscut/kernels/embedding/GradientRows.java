package crosscut.kernels.embedding;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The gradient of x0, whose rows are summed where they lie. A sum stays in registers until all of its rows are in it, four vectors of columns at a time: the
 * rows are far apart in memory, and nothing but their addresses has to be known to ask for many of them at once.
 *
 * <p>Each loop stands here once for each type, for the reason that {@link crosscut.kernels.device.Bfloat16Loops} gives. Sums start before their first row, from
 * {@link #NOTHING}: a first row loaded ahead of the loop makes eight widened loads in a method, and at the last of them the JIT had reached the number of nodes
 * past which it inlines no more, so that its vector came back on the heap (seen on JDK 25).
 */
final class GradientRows {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    private static final int WIDE = 4 * LANES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** What any number can be added to and stays as it is, which is not so of 0: added to that, -0 becomes 0. */
    private static final float NOTHING = -0f;

    private final MemorySegment rows;
    private final long offset;
    private final long rowBytes;
    private final int elementBytes;
    private final boolean isFloat32;

    /** @param gradient (batch, columns) FLOAT32 or BFLOAT16 */
    GradientRows(Tensor gradient) {
        rows = gradient.hostSegment();
        offset = gradient.byteOffset();
        elementBytes = gradient.type().byteSize();
        rowBytes = gradient.rowStride() * elementBytes;
        isFloat32 = gradient.type() == DataType.FLOAT32;
    }

    /**
     * Writes the sum, in their order, of the gradients of {@code count} pairs of {@code table}.
     *
     * @param pairs as {@link CpuIdGroups} has them, the first at byte {@code first}
     * @param target takes fp32 sums from byte {@code targetOffset} on
     */
    void sum(EmbeddingTable table, MemorySegment pairs, long first, int count, MemorySegment target, long targetOffset) {
        long column = offset + (long) table.columnOffset() * elementBytes;
        int dimension = table.dimension();
        int hotness = table.hotness();
        int c = 0;
        for (; c <= dimension - WIDE; c += WIDE) {
            if (isFloat32) {
                sumWide(pairs, first, count, hotness, column + (long) c * Float.BYTES, target, targetOffset + (long) c * Float.BYTES);
            } else {
                sumWideBfloat16(pairs, first, count, hotness, column + (long) c * Short.BYTES, target, targetOffset + (long) c * Float.BYTES);
            }
        }
        for (; c <= dimension - LANES; c += LANES) {
            if (isFloat32) {
                sumVector(pairs, first, count, hotness, column + (long) c * Float.BYTES, target, targetOffset + (long) c * Float.BYTES);
            } else {
                sumVectorBfloat16(pairs, first, count, hotness, column + (long) c * Short.BYTES, target, targetOffset + (long) c * Float.BYTES);
            }
        }
        for (; c < dimension; c++) {
            sumOne(pairs, first, count, hotness, column + (long) c * elementBytes, target, targetOffset + (long) c * Float.BYTES);
        }
    }

    /** Bytes from the first sample's gradient to that of the pair at byte {@code at}. */
    private long row(MemorySegment pairs, long at, int hotness) {
        int position = CpuIdGroups.position(pairs.get(ValueLayout.JAVA_LONG, at));
        return (hotness == 1 ? position : position / hotness) * rowBytes;
    }

    private void sumWide(MemorySegment pairs, long first, int count, int hotness, long column, MemorySegment target, long targetOffset) {
        FloatVector sum0 = FloatVector.broadcast(FLOATS, NOTHING);
        FloatVector sum1 = FloatVector.broadcast(FLOATS, NOTHING);
        FloatVector sum2 = FloatVector.broadcast(FLOATS, NOTHING);
        FloatVector sum3 = FloatVector.broadcast(FLOATS, NOTHING);
        for (int index = 0; index < count; index++) {
            long from = column + row(pairs, first + (long) index * Long.BYTES, hotness);
            sum0 = sum0.add(load(from));
            sum1 = sum1.add(load(from + LANES * Float.BYTES));
            sum2 = sum2.add(load(from + 2 * LANES * Float.BYTES));
            sum3 = sum3.add(load(from + 3 * LANES * Float.BYTES));
        }
        sum0.intoMemorySegment(target, targetOffset, ORDER);
        sum1.intoMemorySegment(target, targetOffset + LANES * Float.BYTES, ORDER);
        sum2.intoMemorySegment(target, targetOffset + 2 * LANES * Float.BYTES, ORDER);
        sum3.intoMemorySegment(target, targetOffset + 3 * LANES * Float.BYTES, ORDER);
    }

    private void sumWideBfloat16(MemorySegment pairs, long first, int count, int hotness, long column, MemorySegment target, long targetOffset) {
        FloatVector sum0 = FloatVector.broadcast(FLOATS, NOTHING);
        FloatVector sum1 = FloatVector.broadcast(FLOATS, NOTHING);
        FloatVector sum2 = FloatVector.broadcast(FLOATS, NOTHING);
        FloatVector sum3 = FloatVector.broadcast(FLOATS, NOTHING);
        for (int index = 0; index < count; index++) {
            long from = column + row(pairs, first + (long) index * Long.BYTES, hotness);
            sum0 = sum0.add(widened(from));
            sum1 = sum1.add(widened(from + LANES * Short.BYTES));
            sum2 = sum2.add(widened(from + 2 * LANES * Short.BYTES));
            sum3 = sum3.add(widened(from + 3 * LANES * Short.BYTES));
        }
        sum0.intoMemorySegment(target, targetOffset, ORDER);
        sum1.intoMemorySegment(target, targetOffset + LANES * Float.BYTES, ORDER);
        sum2.intoMemorySegment(target, targetOffset + 2 * LANES * Float.BYTES, ORDER);
        sum3.intoMemorySegment(target, targetOffset + 3 * LANES * Float.BYTES, ORDER);
    }

    private void sumVector(MemorySegment pairs, long first, int count, int hotness, long column, MemorySegment target, long targetOffset) {
        FloatVector sum = FloatVector.broadcast(FLOATS, NOTHING);
        for (int index = 0; index < count; index++) {
            sum = sum.add(load(column + row(pairs, first + (long) index * Long.BYTES, hotness)));
        }
        sum.intoMemorySegment(target, targetOffset, ORDER);
    }

    private void sumVectorBfloat16(MemorySegment pairs, long first, int count, int hotness, long column, MemorySegment target, long targetOffset) {
        FloatVector sum = FloatVector.broadcast(FLOATS, NOTHING);
        for (int index = 0; index < count; index++) {
            sum = sum.add(widened(column + row(pairs, first + (long) index * Long.BYTES, hotness)));
        }
        sum.intoMemorySegment(target, targetOffset, ORDER);
    }

    private void sumOne(MemorySegment pairs, long first, int count, int hotness, long column, MemorySegment target, long targetOffset) {
        float sum = NOTHING;
        for (int index = 0; index < count; index++) {
            sum += value(column + row(pairs, first + (long) index * Long.BYTES, hotness));
        }
        target.set(ValueLayout.JAVA_FLOAT, targetOffset, sum);
    }

    private FloatVector load(long from) {
        return FloatVector.fromMemorySegment(FLOATS, rows, from, ORDER);
    }

    private FloatVector widened(long from) {
        return Bfloat16.load(rows, from);
    }

    private float value(long from) {
        return isFloat32 ? rows.get(ValueLayout.JAVA_FLOAT, from) : Bfloat16.toFloat(rows.get(ValueLayout.JAVA_SHORT, from));
    }
}
