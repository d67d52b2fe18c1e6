package crosscut.engine.data.tools;

import crosscut.engine.data.ColumnType;
import crosscut.engine.data.MappedColumn;
import crosscut.engine.data.tools.FileReport.Violation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Least, greatest, mean and distinct values of one file, in one pass. */
final class ValueStatistics {

    private static final int BLOCK = 1 << 16;

    private final MappedColumn column;
    private final ColumnType type;
    private final long limit;
    /** One bit per id, or per float16 bit pattern. */
    private final long[] seen;
    private final int[] block = new int[BLOCK];
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double sum;
    private long counted;
    private long violations;
    private long firstViolation = -1;
    private double violatingValue;

    /**
     * Statistics of a file.
     *
     * @param limit values (bit patterns of float16) lie in [0, limit)
     */
    ValueStatistics(MappedColumn column, ColumnType type, long limit) {
        this.column = column;
        this.type = type;
        this.limit = limit;
        seen = new long[Math.toIntExact((limit + Long.SIZE - 1) / Long.SIZE)];
    }

    /** Reads the file as integers; those outside the limits are violations. */
    void readIds() {
        long values = values();
        for (long first = 0; first < values; first += BLOCK) {
            int count = load(first, values);
            for (int index = 0; index < count; index++) {
                int id = block[index];
                take(id);
                if (id >= 0 && id < limit) {
                    seen[id >> 6] |= 1L << id;
                } else {
                    violation(first + index, id);
                }
            }
        }
    }

    /** Reads the file as float16 numbers; those that are not finite are violations and count for nothing else. */
    void readNumbers() {
        long values = values();
        for (long first = 0; first < values; first += BLOCK) {
            int count = load(first, values);
            for (int index = 0; index < count; index++) {
                float number = Float.float16ToFloat((short) block[index]);
                if (Float.isFinite(number)) {
                    take(number);
                    int pattern = block[index] & 0xffff;
                    seen[pattern >> 6] |= 1L << pattern;
                } else {
                    violation(first + index, number);
                }
            }
        }
    }

    FileReport report(String split, String file, List<String> features, int valuesPerRow, Long cardinality, String rule) {
        Violation violation = violations == 0 ? null
                : new Violation(features.get((int) (firstViolation % features.size())), firstViolation / valuesPerRow, violatingValue, violations, rule);
        long distinct = 0;
        for (long bits : seen) {
            distinct += Long.bitCount(bits);
        }
        double mean = counted == 0 ? Double.NaN : sum / counted;
        return new FileReport(split, file, features, column.rows(), valuesPerRow, type.numpyName(), counted == 0 ? Double.NaN : min,
                counted == 0 ? Double.NaN : max, mean, distinct, cardinality, violation);
    }

    private long values() {
        return column.content().byteSize() / type.byteSize();
    }

    /** Copies the next values into the block, widened; returns how many. */
    private int load(long first, long values) {
        int count = (int) Math.min(BLOCK, values - first);
        MemorySegment content = column.content();
        for (int index = 0; index < count; index++) {
            block[index] = switch (type.byteSize()) {
                case Byte.BYTES -> content.get(ValueLayout.JAVA_BYTE, first + index);
                case Short.BYTES -> content.getAtIndex(ValueLayout.JAVA_SHORT, first + index);
                default -> content.getAtIndex(ValueLayout.JAVA_INT, first + index);
            };
        }
        return count;
    }

    private void take(double value) {
        min = Math.min(min, value);
        max = Math.max(max, value);
        sum += value;
        counted++;
    }

    private void violation(long index, double value) {
        if (violations == 0) {
            firstViolation = index;
            violatingValue = value;
        }
        violations++;
    }
}
