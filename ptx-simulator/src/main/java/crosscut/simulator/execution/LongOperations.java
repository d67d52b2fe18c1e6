package crosscut.simulator.execution;

import static crosscut.simulator.execution.Warp.LANES;

import java.util.HashMap;
import java.util.Map;

/** Integer and bit operations with 64-bit operands or results, by form. */
final class LongOperations {

    private LongOperations() {
    }

    /** What one lane does. */
    @FunctionalInterface
    private interface Binary {
        long of(long a, long b);
    }

    /** What one lane does. */
    @FunctionalInterface
    private interface Unary {
        long of(long a);
    }

    static Map<String, LaneOperation> table() {
        Map<String, LaneOperation> table = new HashMap<>();
        arithmetic(table);
        widening(table);
        shifts(table);
        binary(table, (a, b) -> a & b, "and.b64");
        binary(table, (a, b) -> a | b, "or.b64");
        binary(table, (a, b) -> a ^ b, "xor.b64");
        unary(table, a -> ~a, "not.b64");
        unary(table, a -> -a, "neg.s64");
        unary(table, Math::abs, "abs.s64");
        unary(table, Long::reverse, "brev.b64");
        binary(table, Math::min, "min.s64");
        binary(table, Math::max, "max.s64");
        binary(table, (a, b) -> Long.compareUnsigned(a, b) <= 0 ? a : b, "min.u64");
        binary(table, (a, b) -> Long.compareUnsigned(a, b) >= 0 ? a : b, "max.u64");
        binary(table, (a, b) -> b == 0 ? -1 : a / b, "div.s64");
        binary(table, (a, b) -> b == 0 ? -1 : Long.divideUnsigned(a, b), "div.u64");
        binary(table, (a, b) -> b == 0 ? -1 : a % b, "rem.s64");
        binary(table, (a, b) -> b == 0 ? -1 : Long.remainderUnsigned(a, b), "rem.u64");
        binary(table, Math::multiplyHigh, "mul.hi.s64");
        binary(table, Math::unsignedMultiplyHigh, "mul.hi.u64");
        counts(table);
        return table;
    }

    private static void put(Map<String, LaneOperation> table, String signature, LaneLoop loop, String... forms) {
        for (String form : forms) {
            table.put(form, new LaneOperation(signature, loop));
        }
    }

    private static void arithmetic(Map<String, LaneOperation> table) {
        put(table, "LLL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = q[a + l] + q[b + l];
            }
        }, "add.s64", "add.u64");
        put(table, "LLL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = q[a + l] - q[b + l];
            }
        }, "sub.s64", "sub.u64");
        put(table, "LLL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = q[a + l] * q[b + l];
            }
        }, "mul.lo.s64", "mul.lo.u64");
        put(table, "LLLL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = q[a + l] * q[b + l] + q[c + l];
            }
        }, "mad.lo.s64", "mad.lo.u64");
        put(table, "LL", (w, q, d, a, b, c) -> System.arraycopy(q, a, q, d, LANES),
                "mov.b64", "mov.u64", "mov.s64", "mov.f64", "cvta.to.global.u64", "cvta.global.u64");
    }

    private static void widening(Map<String, LaneOperation> table) {
        put(table, "LWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = (long) w[a + l] * w[b + l];
            }
        }, "mul.wide.s32");
        put(table, "LWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = (w[a + l] & 0xFFFFFFFFL) * (w[b + l] & 0xFFFFFFFFL);
            }
        }, "mul.wide.u32");
        put(table, "LWWL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = (long) w[a + l] * w[b + l] + q[c + l];
            }
        }, "mad.wide.s32");
        put(table, "LWWL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = (w[a + l] & 0xFFFFFFFFL) * (w[b + l] & 0xFFFFFFFFL) + q[c + l];
            }
        }, "mad.wide.u32");
    }

    /** Shift counts are clamped, not masked as in Java. */
    private static void shifts(Map<String, LaneOperation> table) {
        put(table, "LLW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = (w[b + l] & ~(Long.SIZE - 1)) != 0 ? 0 : q[a + l] << w[b + l];
            }
        }, "shl.b64");
        put(table, "LLW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = (w[b + l] & ~(Long.SIZE - 1)) != 0 ? 0 : q[a + l] >>> w[b + l];
            }
        }, "shr.u64", "shr.b64");
        put(table, "LLW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = q[a + l] >> ((w[b + l] & ~(Long.SIZE - 1)) != 0 ? Long.SIZE - 1 : w[b + l]);
            }
        }, "shr.s64");
    }

    private static void counts(Map<String, LaneOperation> table) {
        put(table, "WL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = Long.bitCount(q[a + l]);
            }
        }, "popc.b64");
        put(table, "WL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = Long.numberOfLeadingZeros(q[a + l]);
            }
        }, "clz.b64");
        put(table, "LLWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = BitFields.extractUnsigned(q[a + l], w[b + l], w[c + l], Long.SIZE);
            }
        }, "bfe.u64");
        put(table, "LLWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = BitFields.extractSigned(q[a + l], w[b + l], w[c + l], Long.SIZE);
            }
        }, "bfe.s64");
    }

    private static void unary(Map<String, LaneOperation> table, Unary unary, String form) {
        put(table, "LL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = unary.of(q[a + l]);
            }
        }, form);
    }

    private static void binary(Map<String, LaneOperation> table, Binary binary, String form) {
        put(table, "LLL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = binary.of(q[a + l], q[b + l]);
            }
        }, form);
    }
}
