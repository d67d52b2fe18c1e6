package crosscut.simulator.execution;

import static crosscut.simulator.execution.Warp.LANES;
import static java.lang.Double.doubleToRawLongBits;
import static java.lang.Double.longBitsToDouble;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;

import java.util.HashMap;
import java.util.Map;

/**
 * Floating point operations by form. Rounding is to nearest even, as Java's is; the {@code .approx} functions are computed as exactly as Java can, where a GPU
 * may be off by a few units in the last place.
 */
final class FloatOperations {

    private static final int NAN = 0x7FFFFFFF;
    private static final long UPPER_WORD = 0xFFFFFFFF00000000L;

    private FloatOperations() {
    }

    /** What one lane does. */
    @FunctionalInterface
    private interface Unary {
        float of(float a);
    }

    /** What one lane does. */
    @FunctionalInterface
    private interface DoubleUnary {
        double of(double a);
    }

    /** What one lane does. */
    @FunctionalInterface
    private interface DoubleBinary {
        double of(double a, double b);
    }

    static Map<String, LaneOperation> table() {
        Map<String, LaneOperation> table = new HashMap<>();
        singles(table);
        functions(table);
        doubles(table);
        return table;
    }

    private static void put(Map<String, LaneOperation> table, String signature, LaneLoop loop, String... forms) {
        for (String form : forms) {
            table.put(form, new LaneOperation(signature, loop));
        }
    }

    private static void singles(Map<String, LaneOperation> table) {
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = floatToRawIntBits(intBitsToFloat(w[a + l]) + intBitsToFloat(w[b + l]));
            }
        }, "add.f32");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = floatToRawIntBits(intBitsToFloat(w[a + l]) - intBitsToFloat(w[b + l]));
            }
        }, "sub.f32");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = floatToRawIntBits(intBitsToFloat(w[a + l]) * intBitsToFloat(w[b + l]));
            }
        }, "mul.f32");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = floatToRawIntBits(intBitsToFloat(w[a + l]) / intBitsToFloat(w[b + l]));
            }
        }, "div.f32", "div.full.f32", "div.approx.f32");
        put(table, "WWWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = floatToRawIntBits(Math.fma(intBitsToFloat(w[a + l]), intBitsToFloat(w[b + l]), intBitsToFloat(w[c + l])));
            }
        }, "fma.f32");
        put(table, "WW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = w[a + l] & 0x7FFFFFFF;
            }
        }, "abs.f32");
        put(table, "WW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = w[a + l] ^ 0x80000000;
            }
        }, "neg.f32");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = lesser(w[a + l], w[b + l]);
            }
        }, "min.f32");
        put(table, "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = greater(w[a + l], w[b + l]);
            }
        }, "max.f32");
    }

    /** The smaller one; of a number and a NaN the number. */
    private static int lesser(int a, int b) {
        float x = intBitsToFloat(a);
        float y = intBitsToFloat(b);
        return x != x ? y != y ? NAN : b : y != y ? a : floatToRawIntBits(Math.min(x, y));
    }

    private static int greater(int a, int b) {
        float x = intBitsToFloat(a);
        float y = intBitsToFloat(b);
        return x != x ? y != y ? NAN : b : y != y ? a : floatToRawIntBits(Math.max(x, y));
    }

    private static void functions(Map<String, LaneOperation> table) {
        unary(table, a -> (float) Math.sqrt(a), "sqrt.f32", "sqrt.approx.f32");
        unary(table, a -> 1 / a, "rcp.f32", "rcp.approx.f32");
        unary(table, a -> (float) (1 / Math.sqrt(a)), "rsqrt.approx.f32");
        unary(table, a -> (float) Math.pow(2, a), "ex2.approx.f32");
        unary(table, a -> (float) (Math.log(a) / Math.log(2)), "lg2.approx.f32");
        unary(table, a -> (float) Math.sin(a), "sin.approx.f32");
        unary(table, a -> (float) Math.cos(a), "cos.approx.f32");
        unary(table, a -> (float) Math.tanh(a), "tanh.approx.f32");
    }

    private static void doubles(Map<String, LaneOperation> table) {
        put(table, "LLLL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = doubleToRawLongBits(Math.fma(longBitsToDouble(q[a + l]), longBitsToDouble(q[b + l]), longBitsToDouble(q[c + l])));
            }
        }, "fma.f64");
        binary(table, (a, b) -> a + b, "add.f64");
        binary(table, (a, b) -> a - b, "sub.f64");
        binary(table, (a, b) -> a * b, "mul.f64");
        binary(table, (a, b) -> a / b, "div.f64");
        binary(table, (a, b) -> a != a ? b : b != b ? a : Math.min(a, b), "min.f64");
        binary(table, (a, b) -> a != a ? b : b != b ? a : Math.max(a, b), "max.f64");
        unary64(table, Math::abs, "abs.f64");
        unary64(table, a -> -a, "neg.f64");
        unary64(table, Math::sqrt, "sqrt.f64");
        unary64(table, a -> 1 / a, "rcp.f64");
        // Only the upper half of the result is computed, as a start for Newton's iteration.
        unary64(table, a -> longBitsToDouble(doubleToRawLongBits(1 / a) & UPPER_WORD), "rcp.approx.ftz.f64");
        unary64(table, a -> longBitsToDouble(doubleToRawLongBits(1 / Math.sqrt(a)) & UPPER_WORD), "rsqrt.approx.ftz.f64");
    }

    private static void unary(Map<String, LaneOperation> table, Unary unary, String... forms) {
        put(table, "WW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = floatToRawIntBits(unary.of(intBitsToFloat(w[a + l])));
            }
        }, forms);
    }

    private static void unary64(Map<String, LaneOperation> table, DoubleUnary unary, String form) {
        put(table, "LL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = doubleToRawLongBits(unary.of(longBitsToDouble(q[a + l])));
            }
        }, form);
    }

    private static void binary(Map<String, LaneOperation> table, DoubleBinary binary, String form) {
        put(table, "LLL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = doubleToRawLongBits(binary.of(longBitsToDouble(q[a + l]), longBitsToDouble(q[b + l])));
            }
        }, form);
    }
}
