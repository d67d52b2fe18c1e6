package crosscut.simulator.execution;

import static crosscut.simulator.execution.Warp.LANES;
import static java.lang.Double.doubleToRawLongBits;
import static java.lang.Double.longBitsToDouble;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;

import java.util.HashMap;
import java.util.Map;

/** The conversions that kernels use most, as lane loops; {@link ConversionStep} does the others. */
final class ConversionOperations {

    private ConversionOperations() {
    }

    static Map<String, LaneOperation> table() {
        Map<String, LaneOperation> table = new HashMap<>();
        integers(table);
        floating(table);
        return table;
    }

    private static void put(Map<String, LaneOperation> table, String form, String signature, LaneLoop loop) {
        table.put(form, new LaneOperation(signature, loop));
    }

    private static void integers(Map<String, LaneOperation> table) {
        put(table, "cvt.u64.u32", "LW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = w[a + l] & 0xFFFFFFFFL;
            }
        });
        put(table, "cvt.s64.s32", "LW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = w[a + l];
            }
        });
        put(table, "cvt.u32.u64", "WL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = (int) q[a + l];
            }
        });
    }

    private static void floating(Map<String, LaneOperation> table) {
        put(table, "cvt.f32.f16", "WW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = floatToRawIntBits(Halves.fromHalf(w[a + l]));
            }
        });
        put(table, "cvt.rn.f16.f32", "WW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = Halves.toHalf(intBitsToFloat(w[a + l]));
            }
        });
        put(table, "cvt.rn.bf16.f32", "WW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = Halves.toBfloat16(intBitsToFloat(w[a + l]));
            }
        });
        // The first operand fills the upper half.
        put(table, "cvt.rn.f16x2.f32", "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = Halves.toHalf(intBitsToFloat(w[a + l])) << Short.SIZE | Halves.toHalf(intBitsToFloat(w[b + l]));
            }
        });
        put(table, "cvt.rn.bf16x2.f32", "WWW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = Halves.toBfloat16(intBitsToFloat(w[a + l])) << Short.SIZE | Halves.toBfloat16(intBitsToFloat(w[b + l]));
            }
        });
        put(table, "cvt.f64.f32", "LW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                q[d + l] = doubleToRawLongBits(intBitsToFloat(w[a + l]));
            }
        });
        put(table, "cvt.rn.f32.f64", "WL", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = floatToRawIntBits((float) longBitsToDouble(q[a + l]));
            }
        });
        put(table, "cvt.rn.f32.s32", "WW", (w, q, d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
                w[d + l] = floatToRawIntBits(w[a + l]);
            }
        });
    }
}
