package crosscut.simulator.execution;

import static crosscut.simulator.execution.Warp.LANES;

import java.util.HashMap;
import java.util.Map;

/** Integer and bit operations of up to 32 bits, by form. 16-bit results keep their upper half zero. */
final class IntegerOperations {

    private static final int SHORT_MASK = 0xFFFF;

    private IntegerOperations() {
    }

    /** What one lane does. */
    @FunctionalInterface
    private interface Unary {
        int of(int a);
    }

    /** What one lane does. */
    @FunctionalInterface
    private interface Binary {
        int of(int a, int b);
    }

    static Map<String, LaneOperation> table() {
        Map<String, LaneOperation> table = new HashMap<>();
        arithmetic(table);
        logic(table);
        comparisons(table);
        divisions(table);
        bits(table);
        halves(table);
        return table;
    }

    private static void put(Map<String, LaneOperation> table, String signature, LaneLoop loop, String... forms) {
        for (String form : forms) {
            table.put(form, new LaneOperation(signature, loop));
        }
    }

    private static void arithmetic(Map<String, LaneOperation> table) {
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = w[a + l] + w[b + l];
            }
        }, "add.s32", "add.u32");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = w[a + l] - w[b + l];
            }
        }, "sub.s32", "sub.u32");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = w[a + l] * w[b + l];
            }
        }, "mul.lo.s32", "mul.lo.u32");
        put(table, "WWWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = w[a + l] * w[b + l] + w[c + l];
            }
        }, "mad.lo.s32", "mad.lo.u32");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = (int) ((w[a + l] & 0xFFFFFFFFL) * (w[b + l] & 0xFFFFFFFFL) >>> Integer.SIZE);
            }
        }, "mul.hi.u32");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = (int) ((long) w[a + l] * w[b + l] >> Integer.SIZE);
            }
        }, "mul.hi.s32");
        put(table, "WW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = -w[a + l];
            }
        }, "neg.s32");
        put(table, "WW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = Math.abs(w[a + l]);
            }
        }, "abs.s32");
        put(table, "WW", (w, q, d, a, b, c) -> System.arraycopy(w, a, w, d, LANES),
                "mov.b32", "mov.u32", "mov.s32", "mov.f32", "mov.b16", "mov.u16", "mov.s16");
    }

    private static void logic(Map<String, LaneOperation> table) {
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = w[a + l] & w[b + l];
            }
        }, "and.b32", "and.b16");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = w[a + l] | w[b + l];
            }
        }, "or.b32", "or.b16");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = w[a + l] ^ w[b + l];
            }
        }, "xor.b32", "xor.b16");
        put(table, "WW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = ~w[a + l];
            }
        }, "not.b32");
        // Shift counts are clamped, not masked as in Java.
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = (w[b + l] & ~(Integer.SIZE - 1)) != 0 ? 0 : w[a + l] << w[b + l];
            }
        }, "shl.b32");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = (w[b + l] & ~(Integer.SIZE - 1)) != 0 ? 0 : w[a + l] >>> w[b + l];
            }
        }, "shr.u32", "shr.b32");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = w[a + l] >> ((w[b + l] & ~(Integer.SIZE - 1)) != 0 ? Integer.SIZE - 1 : w[b + l]);
            }
        }, "shr.s32");
    }

    private static void comparisons(Map<String, LaneOperation> table) {
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = Math.min(w[a + l], w[b + l]);
            }
        }, "min.s32");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = Math.max(w[a + l], w[b + l]);
            }
        }, "max.s32");
        binary(table, (a, b) -> Integer.compareUnsigned(a, b) <= 0 ? a : b, "min.u32");
        binary(table, (a, b) -> Integer.compareUnsigned(a, b) >= 0 ? a : b, "max.u32");
    }

    /** Inactive lanes may hold a zero divisor; what an active one does with it is checked by the step. */
    private static void divisions(Map<String, LaneOperation> table) {
        binary(table, (a, b) -> b == 0 ? -1 : a / b, "div.s32");
        binary(table, (a, b) -> b == 0 ? -1 : Integer.divideUnsigned(a, b), "div.u32");
        binary(table, (a, b) -> b == 0 ? -1 : a % b, "rem.s32");
        binary(table, (a, b) -> b == 0 ? -1 : Integer.remainderUnsigned(a, b), "rem.u32");
        binary(table, (a, b) -> b == 0 ? SHORT_MASK : ((short) a / (short) b) & SHORT_MASK, "div.s16");
        binary(table, (a, b) -> b == 0 ? SHORT_MASK : (a & SHORT_MASK) / (b & SHORT_MASK), "div.u16");
        binary(table, (a, b) -> b == 0 ? SHORT_MASK : ((short) a % (short) b) & SHORT_MASK, "rem.s16");
        binary(table, (a, b) -> b == 0 ? SHORT_MASK : (a & SHORT_MASK) % (b & SHORT_MASK), "rem.u16");
    }

    private static void bits(Map<String, LaneOperation> table) {
        unary(table, Integer::bitCount, "popc.b32");
        unary(table, Integer::numberOfLeadingZeros, "clz.b32");
        unary(table, Integer::reverse, "brev.b32");
        unary(table, a -> Integer.SIZE - 1 - Integer.numberOfLeadingZeros(a), "bfind.u32");
        ternary(table, (a, b, c) -> BitFields.extractUnsigned(a, b, c), "bfe.u32");
        ternary(table, (a, b, c) -> BitFields.extractSigned(a, b, c), "bfe.s32");
        ternary(table, (a, b, c) -> BitFields.permute(a, b, c), "prmt.b32");
        ternary(table, (a, b, c) -> BitFields.funnelLeft(a, b, c & Integer.SIZE - 1), "shf.l.wrap.b32");
        ternary(table, (a, b, c) -> BitFields.funnelRight(a, b, c & Integer.SIZE - 1), "shf.r.wrap.b32");
        ternary(table, (a, b, c) -> BitFields.funnelLeft(a, b, Math.min(c & 0x7FFFFFFF, Integer.SIZE)), "shf.l.clamp.b32");
        ternary(table, (a, b, c) -> BitFields.funnelRight(a, b, Math.min(c & 0x7FFFFFFF, Integer.SIZE)), "shf.r.clamp.b32");
    }

    private static void halves(Map<String, LaneOperation> table) {
        binary(table, (a, b) -> a + b & SHORT_MASK, "add.s16", "add.u16");
        binary(table, (a, b) -> a - b & SHORT_MASK, "sub.s16", "sub.u16");
        binary(table, (a, b) -> a * b & SHORT_MASK, "mul.lo.s16", "mul.lo.u16");
        binary(table, (a, b) -> (short) a * (short) b, "mul.wide.s16");
        binary(table, (a, b) -> (a & SHORT_MASK) * (b & SHORT_MASK), "mul.wide.u16");
        binary(table, (a, b) -> (b & SHORT_MASK) >= Short.SIZE ? 0 : a << b & SHORT_MASK, "shl.b16");
        binary(table, (a, b) -> Integer.compareUnsigned(b, Short.SIZE) >= 0 ? 0 : (a & SHORT_MASK) >>> b, "shr.u16", "shr.b16");
        binary(table, (a, b) -> (short) a >> (Integer.compareUnsigned(b, Short.SIZE) >= 0 ? Short.SIZE - 1 : b) & SHORT_MASK, "shr.s16");
        binary(table, (a, b) -> Math.min((short) a, (short) b) & SHORT_MASK, "min.s16");
        binary(table, (a, b) -> Math.max((short) a, (short) b) & SHORT_MASK, "max.s16");
        binary(table, (a, b) -> Math.min(a & SHORT_MASK, b & SHORT_MASK), "min.u16");
        binary(table, (a, b) -> Math.max(a & SHORT_MASK, b & SHORT_MASK), "max.u16");
        unary(table, a -> ~a & SHORT_MASK, "not.b16");
        unary(table, a -> -a & SHORT_MASK, "neg.s16");
    }

    private static void unary(Map<String, LaneOperation> table, Unary unary, String... forms) {
        put(table, "WW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = unary.of(w[a + l]);
            }
        }, forms);
    }

    private static void binary(Map<String, LaneOperation> table, Binary binary, String... forms) {
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = binary.of(w[a + l], w[b + l]);
            }
        }, forms);
    }

    private static void ternary(Map<String, LaneOperation> table, BitFields.Ternary ternary, String... forms) {
        put(table, "WWWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = ternary.of(w[a + l], w[b + l], w[c + l]);
            }
        }, forms);
    }
}
