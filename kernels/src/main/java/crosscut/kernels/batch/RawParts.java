package crosscut.kernels.batch;

import crosscut.kernels.device.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The columns of a raw batch as the decode kernel sees them: an array of {@code Part} of {@code batch.cu}, tables first, then the labels, then the numerical
 * features. All values of a batch are numbered in this order, so that the lowest number of a bad value belongs to the one that the CPU would have reported.
 */
final class RawParts {

    /** {@code VALUES_PER_BLOCK} of {@code batch.cu}. */
    private static final int VALUES_PER_BLOCK = 2048;

    /** {@code PartType} of {@code batch.cu}. */
    private enum Type {
        ID_INT8,
        ID_INT16,
        ID_INT32,
        LABEL,
        NUMERICAL_FLOAT16,
        NUMERICAL_FLOAT32
    }

    private record Part(long rawOffset, long firstTarget, long firstPosition, long values, long valuesPerSample, long largestId, long firstBlock, Type type,
            ColumnExtent extent) {

        long[] fields() {
            return new long[] {rawOffset, firstTarget, firstPosition, values, valuesPerSample, largestId, firstBlock, type.ordinal(), extent.ordinal()};
        }
    }

    private final RawBatchLayout layout;
    private final List<Part> parts = new ArrayList<>();
    private long values;
    private int blocks;

    RawParts(RawBatchLayout layout) {
        this.layout = layout;
        long[] offsets = RawBatch.columnOffsets(layout);
        for (int table = 0; table < layout.categorical().size(); table++) {
            RawBatchLayout.CategoricalColumn column = layout.categorical().get(table);
            long largestId = Math.min(column.cardinality() - 1, Integer.MAX_VALUE);
            add(offsets[RawBatch.FIRST_TABLE + table], layout.idOffset(table), column.hotness(), largestId, idType(column.type()), column.extent());
        }
        add(offsets[RawBatch.LABELS], 0, 1, 0, Type.LABEL, ColumnExtent.SHARE);
        if (layout.numericalFeatures() > 0) {
            Type type = layout.numericalType() == DataType.FLOAT16 ? Type.NUMERICAL_FLOAT16 : Type.NUMERICAL_FLOAT32;
            add(offsets[RawBatch.NUMERICAL], 0, layout.numericalFeatures(), 0, type, ColumnExtent.SHARE);
        }
    }

    private void add(long rawOffset, long firstTarget, long valuesPerSample, long largestId, Type type, ColumnExtent extent) {
        long count = layout.samples(extent) * valuesPerSample;
        parts.add(new Part(rawOffset, firstTarget, values, count, valuesPerSample, largestId, blocks, type, extent));
        values += count;
        blocks = Math.toIntExact(blocks + Math.ceilDiv(count, (long) VALUES_PER_BLOCK));
    }

    private static Type idType(DataType type) {
        return switch (type) {
            case INT8 -> Type.ID_INT8;
            case INT16 -> Type.ID_INT16;
            default -> Type.ID_INT32;
        };
    }

    /** Values of a whole batch. */
    long values() {
        return values;
    }

    /** Blocks of the kernel; each works on one part. */
    int blocks() {
        return blocks;
    }

    /** The array of parts. */
    long[] fields() {
        return parts.stream().map(Part::fields).flatMapToLong(LongStream::of).toArray();
    }

    /** The number of the part that each block works on. */
    int[] partOfBlock() {
        return IntStream.range(0, blocks).map(this::partOfBlock).toArray();
    }

    private int partOfBlock(int block) {
        int part = parts.size() - 1;
        while (parts.get(part).firstBlock > block) {
            part--;
        }
        return part;
    }

    /**
     * What is wrong with a value.
     *
     * @param position its number in the batch
     * @param bits an id or a label, or the bits of a numerical value as fp32
     * @param firstSample of its column in its batch
     */
    InvalidSampleException failure(long position, int bits, long firstSample) {
        int number = parts.size() - 1;
        while (parts.get(number).firstPosition > position) {
            number--;
        }
        Part part = parts.get(number);
        long index = position - part.firstPosition;
        long sample = firstSample + index / part.valuesPerSample;
        return switch (part.type) {
            case LABEL -> new InvalidLabelException(sample, bits);
            case NUMERICAL_FLOAT16, NUMERICAL_FLOAT32 -> new InvalidValueException((int) (index % part.valuesPerSample), sample, Float.intBitsToFloat(bits));
            default -> {
                RawBatchLayout.CategoricalColumn column = layout.categorical().get(number);
                yield new InvalidIdException(column.name(), sample, bits, column.cardinality());
            }
        };
    }
}
