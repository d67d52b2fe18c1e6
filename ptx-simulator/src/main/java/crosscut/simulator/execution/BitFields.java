package crosscut.simulator.execution;

/** Extracting, inserting, permuting and funnel shifting of bits, as the PTX manual defines them. */
final class BitFields {

    private static final int BYTE_MASK = 0xFF;

    private BitFields() {
    }

    /** What one lane does. */
    @FunctionalInterface
    interface Ternary {
        int of(int a, int b, int c);
    }

    static int extractUnsigned(int a, int position, int length) {
        return (int) extractUnsigned(a & 0xFFFFFFFFL, position, length, Integer.SIZE);
    }

    static int extractSigned(int a, int position, int length) {
        return (int) extractSigned(a, position, length, Integer.SIZE);
    }

    static long extractUnsigned(long a, int position, int length, int size) {
        int from = position & BYTE_MASK;
        int count = length & BYTE_MASK;
        if (count == 0 || from >= size) {
            return 0;
        }
        long shifted = a >>> from;
        return count >= Long.SIZE ? shifted : shifted & (1L << count) - 1;
    }

    /** Bits past the end repeat the sign. */
    static long extractSigned(long a, int position, int length, int size) {
        int from = position & BYTE_MASK;
        int count = length & BYTE_MASK;
        if (count == 0) {
            return 0;
        }
        int last = Math.min(from + count - 1, size - 1);
        boolean negative = (a >>> last & 1) != 0;
        if (from >= size) {
            return negative ? -1 : 0;
        }
        int kept = last - from + 1;
        long field = a >>> from & (kept >= Long.SIZE ? -1L : (1L << kept) - 1);
        return negative && kept < Long.SIZE ? field | -1L << kept : field;
    }

    /** {@code b} with {@code length} bits from {@code position} replaced by the lowest of {@code a}. */
    static long insert(long a, long b, int position, int length, int size) {
        int from = position & BYTE_MASK;
        int count = Math.min(length & BYTE_MASK, size - from);
        if (count <= 0) {
            return b;
        }
        long mask = (count >= Long.SIZE ? -1L : (1L << count) - 1) << from;
        return b & ~mask | a << from & mask;
    }

    /** Four bytes chosen from the eight of b:a by four selectors of four bits; the highest bit of a selector repeats the byte's sign. */
    static int permute(int a, int b, int selectors) {
        long bytes = (long) b << Integer.SIZE | a & 0xFFFFFFFFL;
        int result = 0;
        for (int index = 0; index < Integer.BYTES; index++) {
            int selector = selectors >>> 4 * index & 0xF;
            int value = (int) (bytes >>> Byte.SIZE * (selector & 7)) & BYTE_MASK;
            int chosen = (selector & 8) == 0 ? value : (byte) value < 0 ? BYTE_MASK : 0;
            result |= chosen << Byte.SIZE * index;
        }
        return result;
    }

    /** Upper half of b:a shifted left by 0 to 32. */
    static int funnelLeft(int a, int b, int count) {
        long both = (long) b << Integer.SIZE | a & 0xFFFFFFFFL;
        return (int) (both << count >>> Integer.SIZE);
    }

    /** Lower half of b:a shifted right by 0 to 32. */
    static int funnelRight(int a, int b, int count) {
        long both = (long) b << Integer.SIZE | a & 0xFFFFFFFFL;
        return (int) (both >>> count);
    }

    /** Every combination of bits by the table of three inputs. */
    static int combine(int a, int b, int c, int table) {
        int result = 0;
        for (int index = 0; index < 8; index++) {
            if ((table >>> index & 1) != 0) {
                result |= ((index & 4) != 0 ? a : ~a) & ((index & 2) != 0 ? b : ~b) & ((index & 1) != 0 ? c : ~c);
            }
        }
        return result;
    }
}
