package crosscut.kernels.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums, in fp32 and in their order, of rows that lie anywhere in a tensor. A sum stays in registers until all of its rows are in it, four vectors of columns at
 * a time: where rows are far apart in memory, nothing but their addresses has to be known to ask for many of them at once.
 *
 * <p>Each loop stands here once for each type, for the reason that {@link Bfloat16Loops} gives. Sums start before their first row, from {@link #NOTHING}: a
 * first row loaded ahead of the loop makes eight widened loads in a method, and at the last of them the JIT had reached the number of nodes past which it
 * inlines no more, so that its vector came back on the heap (seen on JDK 25).
 */
public final class RowSums {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    private static final int WIDE = 4 * LANES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** What any number can be added to and stays as it is, which is not so of 0: added to that, -0 becomes 0. */
    private static final float NOTHING = -0f;

    private final MemorySegment rows;
    private final int elementBytes;
    private final boolean isFloat32;

    /** @param rows FLOAT32 or BFLOAT16, in memory that the host reaches */
    public RowSums(Tensor rows) {
        TensorChecks.floatingOnCpu("rows", rows);
        this.rows = rows.hostSegment();
        elementBytes = rows.type().byteSize();
        isFloat32 = rows.type() == DataType.FLOAT32;
    }

    /**
     * Writes the sum of {@code count} rows.
     *
     * @param from byte of the tensor's memory from which the rows' {@code offsets} are counted
     * @param offsets where each row's first column lies, in bytes
     * @param columns how many are summed
     * @param target takes fp32 sums from byte {@code targetOffset} on
     */
    public void sum(long from, long[] offsets, int count, int columns, MemorySegment target, long targetOffset) {
        int column = 0;
        for (; column <= columns - WIDE; column += WIDE) {
            if (isFloat32) {
                sumWide(at(from, column), offsets, count, target, targetOffset + (long) column * Float.BYTES);
            } else {
                sumWideBfloat16(at(from, column), offsets, count, target, targetOffset + (long) column * Float.BYTES);
            }
        }
        for (; column <= columns - LANES; column += LANES) {
            if (isFloat32) {
                sumVector(at(from, column), offsets, count, target, targetOffset + (long) column * Float.BYTES);
            } else {
                sumVectorBfloat16(at(from, column), offsets, count, target, targetOffset + (long) column * Float.BYTES);
            }
        }
        for (; column < columns; column++) {
            sumOne(at(from, column), offsets, count, target, targetOffset + (long) column * Float.BYTES);
        }
    }

    private long at(long from, int column) {
        return from + (long) column * elementBytes;
    }

    private void sumWide(long from, long[] offsets, int count, MemorySegment target, long targetOffset) {
        FloatVector sum0 = FloatVector.broadcast(FLOATS, NOTHING);
        FloatVector sum1 = FloatVector.broadcast(FLOATS, NOTHING);
        FloatVector sum2 = FloatVector.broadcast(FLOATS, NOTHING);
        FloatVector sum3 = FloatVector.broadcast(FLOATS, NOTHING);
        for (int index = 0; index < count; index++) {
            long row = from + offsets[index];
            sum0 = sum0.add(load(row));
            sum1 = sum1.add(load(row + LANES * Float.BYTES));
            sum2 = sum2.add(load(row + 2 * LANES * Float.BYTES));
            sum3 = sum3.add(load(row + 3 * LANES * Float.BYTES));
        }
        sum0.intoMemorySegment(target, targetOffset, ORDER);
        sum1.intoMemorySegment(target, targetOffset + LANES * Float.BYTES, ORDER);
        sum2.intoMemorySegment(target, targetOffset + 2 * LANES * Float.BYTES, ORDER);
        sum3.intoMemorySegment(target, targetOffset + 3 * LANES * Float.BYTES, ORDER);
    }

    private void sumWideBfloat16(long from, long[] offsets, int count, MemorySegment target, long targetOffset) {
        FloatVector sum0 = FloatVector.broadcast(FLOATS, NOTHING);
        FloatVector sum1 = FloatVector.broadcast(FLOATS, NOTHING);
        FloatVector sum2 = FloatVector.broadcast(FLOATS, NOTHING);
        FloatVector sum3 = FloatVector.broadcast(FLOATS, NOTHING);
        for (int index = 0; index < count; index++) {
            long row = from + offsets[index];
            sum0 = sum0.add(widened(row));
            sum1 = sum1.add(widened(row + LANES * Short.BYTES));
            sum2 = sum2.add(widened(row + 2 * LANES * Short.BYTES));
            sum3 = sum3.add(widened(row + 3 * LANES * Short.BYTES));
        }
        sum0.intoMemorySegment(target, targetOffset, ORDER);
        sum1.intoMemorySegment(target, targetOffset + LANES * Float.BYTES, ORDER);
        sum2.intoMemorySegment(target, targetOffset + 2 * LANES * Float.BYTES, ORDER);
        sum3.intoMemorySegment(target, targetOffset + 3 * LANES * Float.BYTES, ORDER);
    }

    private void sumVector(long from, long[] offsets, int count, MemorySegment target, long targetOffset) {
        FloatVector sum = FloatVector.broadcast(FLOATS, NOTHING);
        for (int index = 0; index < count; index++) {
            sum = sum.add(load(from + offsets[index]));
        }
        sum.intoMemorySegment(target, targetOffset, ORDER);
    }

    private void sumVectorBfloat16(long from, long[] offsets, int count, MemorySegment target, long targetOffset) {
        FloatVector sum = FloatVector.broadcast(FLOATS, NOTHING);
        for (int index = 0; index < count; index++) {
            sum = sum.add(widened(from + offsets[index]));
        }
        sum.intoMemorySegment(target, targetOffset, ORDER);
    }

    private void sumOne(long from, long[] offsets, int count, MemorySegment target, long targetOffset) {
        float sum = NOTHING;
        for (int index = 0; index < count; index++) {
            long at = from + offsets[index];
            sum += isFloat32 ? rows.get(ValueLayout.JAVA_FLOAT, at) : Bfloat16.toFloat(rows.get(ValueLayout.JAVA_SHORT, at));
        }
        target.set(ValueLayout.JAVA_FLOAT, targetOffset, sum);
    }

    private FloatVector load(long from) {
        return FloatVector.fromMemorySegment(FLOATS, rows, from, ORDER);
    }

    private FloatVector widened(long from) {
        return Bfloat16.load(rows, from);
    }
}
