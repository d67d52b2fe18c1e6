package crosscut.kernels.gemm;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies of matrices in another order, by words of 32 bits: an fp32 value, or two bf16 values that are terms of one sum. Offsets and strides are in bytes; the
 * species are fixed, as {@link #isFast} asks for them.
 */
final class WordLoops {

    private static final boolean IS_WIDE = IntVector.SPECIES_PREFERRED.length() >= IntVector.SPECIES_512.length();
    private static final VectorSpecies<Integer> ROW = IS_WIDE ? IntVector.SPECIES_512 : IntVector.SPECIES_256;
    private static final VectorSpecies<Short> HALF_ROW = IS_WIDE ? ShortVector.SPECIES_256 : ShortVector.SPECIES_128;
    private static final VectorSpecies<Integer> TILE = IntVector.SPECIES_256;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** Words of a vector that {@link #copy} and {@link #pair} move. */
    static final int ROW_WORDS = 16;

    /** Rows and columns of a tile that is transposed in registers. */
    private static final int TILE_WORDS = 8;
    private static final long TILE_BYTES = TILE_WORDS * Integer.BYTES;

    /** Rows that {@link #transpose} takes at a time: their words fill a cache line of the target. */
    static final int TRANSPOSED_ROWS = 2 * TILE_WORDS;

    private static final IntVector EVEN_WORDS = selection(0, 8, 2, 10, 4, 12, 6, 14);
    private static final IntVector ODD_WORDS = selection(1, 9, 3, 11, 5, 13, 7, 15);
    private static final IntVector EVEN_PAIRS = selection(0, 1, 8, 9, 4, 5, 12, 13);
    private static final IntVector ODD_PAIRS = selection(2, 3, 10, 11, 6, 7, 14, 15);
    private static final IntVector FIRST_HALVES = selection(0, 1, 2, 3, 8, 9, 10, 11);
    private static final IntVector SECOND_HALVES = selection(4, 5, 6, 7, 12, 13, 14, 15);

    private WordLoops() {
    }

    private static IntVector selection(int... lanes) {
        return IntVector.fromArray(TILE, lanes, 0);
    }

    /** Whether this processor has registers as wide as the loops want them. */
    static boolean isFast() {
        return IntVector.SPECIES_PREFERRED.length() >= TILE.length();
    }

    /** Copies {@code words} words, a multiple of {@link #ROW_WORDS}. */
    static void copy(MemorySegment source, long from, MemorySegment target, long to, int words) {
        for (long at = 0; at < (long) words * Integer.BYTES; at += ROW.vectorByteSize()) {
            IntVector.fromMemorySegment(ROW, source, from + at, ORDER).intoMemorySegment(target, to + at, ORDER);
        }
    }

    /** Interleaves two rows of {@code words} bf16 values, a multiple of {@link #ROW_WORDS}: a word of the target has one of each. */
    static void pair(MemorySegment source, long first, long second, MemorySegment target, long to, int words) {
        for (int word = 0; word < words; word += ROW.length()) {
            long at = (long) word * Short.BYTES;
            IntVector upper = widened(source, second + at).lanewise(VectorOperators.LSHL, Short.SIZE);
            widened(source, first + at).or(upper).intoMemorySegment(target, to + 2 * at, ORDER);
        }
    }

    private static IntVector widened(MemorySegment source, long from) {
        return (IntVector) ShortVector.fromMemorySegment(HALF_ROW, source, from, ORDER).convertShape(VectorOperators.ZERO_EXTEND_S2I, ROW, 0);
    }

    /**
     * Transposes a matrix of words.
     *
     * @param rows of the source, a multiple of {@link #TRANSPOSED_ROWS}
     * @param columns of the source, a multiple of 8
     */
    static void transpose(MemorySegment source, long from, long fromStride, int rows, int columns, MemorySegment target, long to, long toStride) {
        for (int row = 0; row < rows; row += TRANSPOSED_ROWS) {
            for (int column = 0; column < columns; column += TILE_WORDS) {
                long read = from + row * fromStride + (long) column * Integer.BYTES;
                long write = to + column * toStride + (long) row * Integer.BYTES;
                transposeTile(source, read, fromStride, target, write, toStride);
                transposeTile(source, read + TILE_WORDS * fromStride, fromStride, target, write + TILE_BYTES, toStride);
            }
        }
    }

    /** Three rounds: words, pairs of words and halves of rows change places with those of the row one, two and four below. */
    private static void transposeTile(MemorySegment source, long from, long fromStride, MemorySegment target, long to, long toStride) {
        IntVector row0 = row(source, from);
        IntVector row1 = row(source, from + fromStride);
        IntVector row2 = row(source, from + 2 * fromStride);
        IntVector row3 = row(source, from + 3 * fromStride);
        IntVector row4 = row(source, from + 4 * fromStride);
        IntVector row5 = row(source, from + 5 * fromStride);
        IntVector row6 = row(source, from + 6 * fromStride);
        IntVector row7 = row(source, from + 7 * fromStride);
        IntVector even01 = EVEN_WORDS.selectFrom(row0, row1);
        IntVector even23 = EVEN_WORDS.selectFrom(row2, row3);
        IntVector even45 = EVEN_WORDS.selectFrom(row4, row5);
        IntVector even67 = EVEN_WORDS.selectFrom(row6, row7);
        IntVector odd01 = ODD_WORDS.selectFrom(row0, row1);
        IntVector odd23 = ODD_WORDS.selectFrom(row2, row3);
        IntVector odd45 = ODD_WORDS.selectFrom(row4, row5);
        IntVector odd67 = ODD_WORDS.selectFrom(row6, row7);
        halves(EVEN_PAIRS.selectFrom(even01, even23), EVEN_PAIRS.selectFrom(even45, even67), target, to, toStride);
        halves(EVEN_PAIRS.selectFrom(odd01, odd23), EVEN_PAIRS.selectFrom(odd45, odd67), target, to + toStride, toStride);
        halves(ODD_PAIRS.selectFrom(even01, even23), ODD_PAIRS.selectFrom(even45, even67), target, to + 2 * toStride, toStride);
        halves(ODD_PAIRS.selectFrom(odd01, odd23), ODD_PAIRS.selectFrom(odd45, odd67), target, to + 3 * toStride, toStride);
    }

    private static IntVector row(MemorySegment source, long from) {
        return IntVector.fromMemorySegment(TILE, source, from, ORDER);
    }

    /** The last round for two rows of the target that are four apart. */
    private static void halves(IntVector upper, IntVector lower, MemorySegment target, long to, long toStride) {
        FIRST_HALVES.selectFrom(upper, lower).intoMemorySegment(target, to, ORDER);
        SECOND_HALVES.selectFrom(upper, lower).intoMemorySegment(target, to + 4 * toStride, ORDER);
    }
}
