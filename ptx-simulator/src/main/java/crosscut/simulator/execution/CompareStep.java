package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxType;

/** {@code setp}: a comparison, joined with a further predicate where the form says so, into one predicate or into it and its opposite. */
final class CompareStep extends Step {

    /** Compares 32 lanes; bit l of the result belongs to lane l. */
    @FunctionalInterface
    interface Comparison {
        int of(int[] w, long[] q, int a, int b);
    }

    /** What joins the comparison with a further predicate. */
    enum Join {
        NONE,
        AND,
        OR,
        XOR
    }

    private final Comparison comparison;
    private final int a;
    private final int b;
    private final int result;
    private final int opposite;
    private final Join join;
    private final int joined;
    private final int joinedFlip;

    /**
     * A comparison.
     *
     * @param result index of the predicate
     * @param opposite index of the predicate that gets the comparison's opposite, -1 for none
     * @param joined index of the further predicate
     * @param joinedFlip -1 when it is negated
     */
    CompareStep(PtxInstruction instruction, Comparison comparison, int a, int b, int result, int opposite, Join join, int joined, int joinedFlip) {
        super(instruction);
        this.comparison = comparison;
        this.a = a;
        this.b = b;
        this.result = result;
        this.opposite = opposite;
        this.join = join;
        this.joined = joined;
        this.joinedFlip = joinedFlip;
    }

    @Override
    void run(Warp warp, int mask) {
        int[] predicates = warp.predicates;
        int compared = comparison.of(warp.words, warp.longs, a, b);
        int further = join == Join.NONE ? 0 : predicates[joined] ^ joinedFlip;
        predicates[result] = predicates[result] & ~mask | joined(compared, further) & mask;
        if (opposite >= 0) {
            predicates[opposite] = predicates[opposite] & ~mask | joined(~compared, further) & mask;
        }
    }

    private int joined(int compared, int further) {
        return switch (join) {
            case NONE -> compared;
            case AND -> compared & further;
            case OR -> compared | further;
            case XOR -> compared ^ further;
        };
    }

    /** The comparison of a name for a type, or null when there is none. */
    static Comparison comparison(String name, PtxType type) {
        return switch (type) {
            case F32, F64 -> floating(name, type == PtxType.F64);
            case S64, U64, B64 -> longs(name, type == PtxType.S64);
            case S16, U16, B16, S32, U32, B32 -> words(name, type);
            default -> null;
        };
    }

    private static Comparison words(String name, PtxType type) {
        boolean signed = type.isSigned();
        int unused = Integer.SIZE - type.byteSize() * Byte.SIZE;
        // Unsigned numbers compare like signed ones after their highest bit is flipped; 16-bit numbers are moved up first.
        int flip = signed ? 0 : Integer.MIN_VALUE;
        return switch (name) {
            case "eq" -> each((w, x, y) -> w[x] << unused == w[y] << unused);
            case "ne" -> each((w, x, y) -> w[x] << unused != w[y] << unused);
            case "lt", "lo" -> each((w, x, y) -> (w[x] << unused ^ flip) < (w[y] << unused ^ flip));
            case "le", "ls" -> each((w, x, y) -> (w[x] << unused ^ flip) <= (w[y] << unused ^ flip));
            case "gt", "hi" -> each((w, x, y) -> (w[x] << unused ^ flip) > (w[y] << unused ^ flip));
            case "ge", "hs" -> each((w, x, y) -> (w[x] << unused ^ flip) >= (w[y] << unused ^ flip));
            default -> null;
        };
    }

    private static Comparison longs(String name, boolean signed) {
        long flip = signed ? 0 : Long.MIN_VALUE;
        return switch (name) {
            case "eq" -> eachLong((q, x, y) -> q[x] == q[y]);
            case "ne" -> eachLong((q, x, y) -> q[x] != q[y]);
            case "lt", "lo" -> eachLong((q, x, y) -> (q[x] ^ flip) < (q[y] ^ flip));
            case "le", "ls" -> eachLong((q, x, y) -> (q[x] ^ flip) <= (q[y] ^ flip));
            case "gt", "hi" -> eachLong((q, x, y) -> (q[x] ^ flip) > (q[y] ^ flip));
            case "ge", "hs" -> eachLong((q, x, y) -> (q[x] ^ flip) >= (q[y] ^ flip));
            default -> null;
        };
    }

    /** Ordered comparisons are false for NaN, those with a u are true. */
    private static Comparison floating(String name, boolean isDouble) {
        FloatComparison comparison = switch (name) {
            case "eq" -> (x, y) -> x == y;
            case "ne" -> (x, y) -> x < y || x > y;
            case "lt" -> (x, y) -> x < y;
            case "le" -> (x, y) -> x <= y;
            case "gt" -> (x, y) -> x > y;
            case "ge" -> (x, y) -> x >= y;
            case "equ" -> (x, y) -> !(x < y || x > y);
            case "neu" -> (x, y) -> x != y;
            case "ltu" -> (x, y) -> !(x >= y);
            case "leu" -> (x, y) -> !(x > y);
            case "gtu" -> (x, y) -> !(x <= y);
            case "geu" -> (x, y) -> !(x < y);
            case "num" -> (x, y) -> x == x && y == y;
            case "nan" -> (x, y) -> x != x || y != y;
            default -> null;
        };
        if (comparison == null) {
            return null;
        }
        return isDouble ? eachLong((q, x, y) -> comparison.of(Double.longBitsToDouble(q[x]), Double.longBitsToDouble(q[y])))
                : each((w, x, y) -> comparison.of(Float.intBitsToFloat(w[x]), Float.intBitsToFloat(w[y])));
    }

    /** What one lane does. */
    @FunctionalInterface
    private interface FloatComparison {
        boolean of(double x, double y);
    }

    /** What one lane does. */
    @FunctionalInterface
    private interface WordComparison {
        boolean of(int[] w, int x, int y);
    }

    /** What one lane does. */
    @FunctionalInterface
    private interface LongComparison {
        boolean of(long[] q, int x, int y);
    }

    private static Comparison each(WordComparison comparison) {
        return (w, _, a, b) -> {
            int mask = 0;
            for (int lane = 0; lane < Warp.LANES; lane++) {
                mask |= comparison.of(w, a + lane, b + lane) ? 1 << lane : 0;
            }
            return mask;
        };
    }

    private static Comparison eachLong(LongComparison comparison) {
        return (_, q, a, b) -> {
            int mask = 0;
            for (int lane = 0; lane < Warp.LANES; lane++) {
                mask |= comparison.of(q, a + lane, b + lane) ? 1 << lane : 0;
            }
            return mask;
        };
    }
}
