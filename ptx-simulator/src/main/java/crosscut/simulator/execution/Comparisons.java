package crosscut.simulator.execution;

import static crosscut.simulator.execution.Warp.LANES;
import static java.lang.Double.longBitsToDouble;
import static java.lang.Float.intBitsToFloat;

import crosscut.simulator.program.PtxType;

/**
 * What {@code setp} compares by: one loop over the lanes for each of equal, less, less or equal; the other comparisons are these with operands exchanged or
 * with the opposite result. Each loop stands for itself, since a lambda per lane would be a call per lane.
 */
final class Comparisons {

    private Comparisons() {
    }

    /** The comparison of a name for a type, or null when there is none. */
    static CompareStep.Comparison find(String name, PtxType type) {
        return switch (type) {
            case F32 -> singles(name);
            case F64 -> doubles(name);
            case S64, U64, B64 -> longs(name, type == PtxType.S64 ? 0 : Long.MIN_VALUE);
            case S16, U16, B16, S32, U32, B32 -> words(name, type.isSigned() ? 0 : Integer.MIN_VALUE, Integer.SIZE - type.byteSize() * Byte.SIZE);
            default -> null;
        };
    }

    /** Unsigned numbers compare like signed ones after their highest bit is flipped; 16-bit numbers are moved up by {@code unused} bits first. */
    private static CompareStep.Comparison words(String name, int flip, int unused) {
        return switch (name) {
            case "eq" -> (w, _, a, b) -> equal(w, a, b, unused);
            case "ne" -> (w, _, a, b) -> ~equal(w, a, b, unused);
            case "lt", "lo" -> (w, _, a, b) -> less(w, a, b, flip, unused);
            case "le", "ls" -> (w, _, a, b) -> ~less(w, b, a, flip, unused);
            case "gt", "hi" -> (w, _, a, b) -> less(w, b, a, flip, unused);
            case "ge", "hs" -> (w, _, a, b) -> ~less(w, a, b, flip, unused);
            default -> null;
        };
    }

    private static CompareStep.Comparison longs(String name, long flip) {
        return switch (name) {
            case "eq" -> (_, q, a, b) -> equal(q, a, b);
            case "ne" -> (_, q, a, b) -> ~equal(q, a, b);
            case "lt", "lo" -> (_, q, a, b) -> less(q, a, b, flip);
            case "le", "ls" -> (_, q, a, b) -> ~less(q, b, a, flip);
            case "gt", "hi" -> (_, q, a, b) -> less(q, b, a, flip);
            case "ge", "hs" -> (_, q, a, b) -> ~less(q, a, b, flip);
            default -> null;
        };
    }

    /** Ordered comparisons are false for NaN, those with a u are true. */
    private static CompareStep.Comparison singles(String name) {
        return switch (name) {
            case "eq" -> (w, _, a, b) -> equalSingle(w, a, b);
            case "ne" -> (w, _, a, b) -> lessSingle(w, a, b) | lessSingle(w, b, a);
            case "lt" -> (w, _, a, b) -> lessSingle(w, a, b);
            case "le" -> (w, _, a, b) -> atMostSingle(w, a, b);
            case "gt" -> (w, _, a, b) -> lessSingle(w, b, a);
            case "ge" -> (w, _, a, b) -> atMostSingle(w, b, a);
            case "equ" -> (w, _, a, b) -> ~(lessSingle(w, a, b) | lessSingle(w, b, a));
            case "neu" -> (w, _, a, b) -> ~equalSingle(w, a, b);
            case "ltu" -> (w, _, a, b) -> ~atMostSingle(w, b, a);
            case "leu" -> (w, _, a, b) -> ~lessSingle(w, b, a);
            case "gtu" -> (w, _, a, b) -> ~atMostSingle(w, a, b);
            case "geu" -> (w, _, a, b) -> ~lessSingle(w, a, b);
            case "num" -> (w, _, a, b) -> equalSingle(w, a, a) & equalSingle(w, b, b);
            case "nan" -> (w, _, a, b) -> ~(equalSingle(w, a, a) & equalSingle(w, b, b));
            default -> null;
        };
    }

    private static CompareStep.Comparison doubles(String name) {
        return switch (name) {
            case "eq" -> (_, q, a, b) -> equalDouble(q, a, b);
            case "ne" -> (_, q, a, b) -> lessDouble(q, a, b) | lessDouble(q, b, a);
            case "lt" -> (_, q, a, b) -> lessDouble(q, a, b);
            case "le" -> (_, q, a, b) -> atMostDouble(q, a, b);
            case "gt" -> (_, q, a, b) -> lessDouble(q, b, a);
            case "ge" -> (_, q, a, b) -> atMostDouble(q, b, a);
            case "equ" -> (_, q, a, b) -> ~(lessDouble(q, a, b) | lessDouble(q, b, a));
            case "neu" -> (_, q, a, b) -> ~equalDouble(q, a, b);
            case "ltu" -> (_, q, a, b) -> ~atMostDouble(q, b, a);
            case "leu" -> (_, q, a, b) -> ~lessDouble(q, b, a);
            case "gtu" -> (_, q, a, b) -> ~atMostDouble(q, a, b);
            case "geu" -> (_, q, a, b) -> ~lessDouble(q, a, b);
            case "num" -> (_, q, a, b) -> equalDouble(q, a, a) & equalDouble(q, b, b);
            case "nan" -> (_, q, a, b) -> ~(equalDouble(q, a, a) & equalDouble(q, b, b));
            default -> null;
        };
    }

    private static int equal(int[] w, int a, int b, int unused) {
        int mask = 0;
        for (int lane = 0; lane < LANES; lane++) {
            mask |= w[a + lane] << unused == w[b + lane] << unused ? 1 << lane : 0;
        }
        return mask;
    }

    private static int less(int[] w, int a, int b, int flip, int unused) {
        int mask = 0;
        for (int lane = 0; lane < LANES; lane++) {
            mask |= (w[a + lane] << unused ^ flip) < (w[b + lane] << unused ^ flip) ? 1 << lane : 0;
        }
        return mask;
    }

    private static int equal(long[] q, int a, int b) {
        int mask = 0;
        for (int lane = 0; lane < LANES; lane++) {
            mask |= q[a + lane] == q[b + lane] ? 1 << lane : 0;
        }
        return mask;
    }

    private static int less(long[] q, int a, int b, long flip) {
        int mask = 0;
        for (int lane = 0; lane < LANES; lane++) {
            mask |= (q[a + lane] ^ flip) < (q[b + lane] ^ flip) ? 1 << lane : 0;
        }
        return mask;
    }

    private static int equalSingle(int[] w, int a, int b) {
        int mask = 0;
        for (int lane = 0; lane < LANES; lane++) {
            mask |= intBitsToFloat(w[a + lane]) == intBitsToFloat(w[b + lane]) ? 1 << lane : 0;
        }
        return mask;
    }

    private static int lessSingle(int[] w, int a, int b) {
        int mask = 0;
        for (int lane = 0; lane < LANES; lane++) {
            mask |= intBitsToFloat(w[a + lane]) < intBitsToFloat(w[b + lane]) ? 1 << lane : 0;
        }
        return mask;
    }

    private static int atMostSingle(int[] w, int a, int b) {
        int mask = 0;
        for (int lane = 0; lane < LANES; lane++) {
            mask |= intBitsToFloat(w[a + lane]) <= intBitsToFloat(w[b + lane]) ? 1 << lane : 0;
        }
        return mask;
    }

    private static int equalDouble(long[] q, int a, int b) {
        int mask = 0;
        for (int lane = 0; lane < LANES; lane++) {
            mask |= longBitsToDouble(q[a + lane]) == longBitsToDouble(q[b + lane]) ? 1 << lane : 0;
        }
        return mask;
    }

    private static int lessDouble(long[] q, int a, int b) {
        int mask = 0;
        for (int lane = 0; lane < LANES; lane++) {
            mask |= longBitsToDouble(q[a + lane]) < longBitsToDouble(q[b + lane]) ? 1 << lane : 0;
        }
        return mask;
    }

    private static int atMostDouble(long[] q, int a, int b) {
        int mask = 0;
        for (int lane = 0; lane < LANES; lane++) {
            mask |= longBitsToDouble(q[a + lane]) <= longBitsToDouble(q[b + lane]) ? 1 << lane : 0;
        }
        return mask;
    }
}
