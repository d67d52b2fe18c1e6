package crosscut.simulator.execution;

import static crosscut.simulator.execution.InstructionCase.dual;
import static crosscut.simulator.execution.InstructionCase.exact;
import static crosscut.simulator.execution.InstructionCase.single;
import static java.lang.Double.doubleToRawLongBits;
import static java.lang.Double.longBitsToDouble;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;

import java.math.BigDecimal;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Floating point instructions, comparisons and conversions against Java and exact decimals. */
class FloatInstructionsTest {

    /** What one lane does. */
    @FunctionalInterface
    private interface Single {
        float of(float a, float b, float c);
    }

    /** What one lane does. */
    @FunctionalInterface
    private interface Dual {
        double of(double a, double b, double c);
    }

    private static DynamicTest f32(String code, Single expected) {
        return single(code, LaneProgram.word(code, "%f10"),
                (a, b, c) -> floatToRawIntBits(expected.of(intBitsToFloat((int) a), intBitsToFloat((int) b), intBitsToFloat((int) c))));
    }

    private static DynamicTest f64(String code, Dual expected) {
        return dual(code, LaneProgram.wide(code, "%d10"),
                (a, b, c) -> doubleToRawLongBits(expected.of(longBitsToDouble(a), longBitsToDouble(b), longBitsToDouble(c))));
    }

    @TestFactory
    Stream<DynamicTest> arithmetic() {
        return Stream.of(
                f32("add.rn.f32 %f10, %f4, %f5;", (a, b, c) -> a + b), f32("add.f32 %f10, %f4, %f5;", (a, b, c) -> a + b),
                f32("sub.f32 %f10, %f4, %f5;", (a, b, c) -> a - b), f32("mul.rn.f32 %f10, %f4, %f5;", (a, b, c) -> a * b),
                f32("div.rn.f32 %f10, %f4, %f5;", (a, b, c) -> a / b), f32("fma.rn.f32 %f10, %f4, %f5, %f6;", Math::fma),
                f32("sqrt.rn.f32 %f10, %f4;", (a, b, c) -> (float) Math.sqrt(a)), f32("rcp.rn.f32 %f10, %f4;", (a, b, c) -> 1 / a),
                f32("abs.f32 %f10, %f4;", (a, b, c) -> Math.abs(a)), f32("neg.f32 %f10, %f4;", (a, b, c) -> -a),
                f32("min.f32 %f10, %f4, %f5;", (a, b, c) -> Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.min(a, b)),
                f32("max.f32 %f10, %f4, %f5;", (a, b, c) -> Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.max(a, b)),
                f64("add.f64 %d10, %d4, %d5;", (a, b, c) -> a + b), f64("sub.f64 %d10, %d4, %d5;", (a, b, c) -> a - b),
                f64("mul.f64 %d10, %d4, %d5;", (a, b, c) -> a * b), f64("div.rn.f64 %d10, %d4, %d5;", (a, b, c) -> a / b),
                f64("fma.rn.f64 %d10, %d4, %d5, %d6;", Math::fma), f64("sqrt.rn.f64 %d10, %d4;", (a, b, c) -> Math.sqrt(a)),
                f64("abs.f64 %d10, %d4;", (a, b, c) -> Math.abs(a)), f64("neg.f64 %d10, %d4;", (a, b, c) -> -a));
    }

    private static DynamicTest compare(String form, InstructionCase.Expected expected) {
        String registers = form.contains("64") ? "%q4, %q5" : form.contains("16") ? "%h4, %h5" : form.endsWith("f32") ? "%f4, %f5" : "%r4, %r5";
        String code = "setp." + form + " %p1, " + (form.endsWith("f64") ? "%d4, %d5" : registers) + ";";
        return exact(code, LaneProgram.predicate(code, "%p1"), expected);
    }

    private static long truth(boolean value) {
        return value ? 1 : 0;
    }

    private static float f(long bits) {
        return intBitsToFloat((int) bits);
    }

    private static double d(long bits) {
        return longBitsToDouble(bits);
    }

    @TestFactory
    Stream<DynamicTest> comparisons() {
        return Stream.of(
                compare("eq.s32", (a, b, c) -> truth((int) a == (int) b)), compare("lt.s32", (a, b, c) -> truth((int) a < (int) b)),
                compare("lt.u32", (a, b, c) -> truth((a & 0xFFFFFFFFL) < (b & 0xFFFFFFFFL))), compare("ge.s64", (a, b, c) -> truth(a >= b)),
                compare("gt.u64", (a, b, c) -> truth(Long.compareUnsigned(a, b) > 0)), compare("ne.s16", (a, b, c) -> truth((short) a != (short) b)),
                compare("lt.s16", (a, b, c) -> truth((short) a < (short) b)), compare("le.u16", (a, b, c) -> truth((a & 0xFFFF) <= (b & 0xFFFF))),
                compare("eq.f32", (a, b, c) -> truth(f(a) == f(b))), compare("ne.f32", (a, b, c) -> truth(f(a) < f(b) || f(a) > f(b))),
                compare("neu.f32", (a, b, c) -> truth(f(a) != f(b))), compare("lt.f32", (a, b, c) -> truth(f(a) < f(b))),
                compare("ltu.f32", (a, b, c) -> truth(!(f(a) >= f(b)))), compare("geu.f32", (a, b, c) -> truth(!(f(a) < f(b)))),
                compare("equ.f32", (a, b, c) -> truth(f(a) == f(b) || Float.isNaN(f(a)) || Float.isNaN(f(b)))),
                compare("nan.f32", (a, b, c) -> truth(Float.isNaN(f(a)) || Float.isNaN(f(b)))),
                compare("num.f32", (a, b, c) -> truth(!Float.isNaN(f(a)) && !Float.isNaN(f(b)))), compare("gt.f64", (a, b, c) -> truth(d(a) > d(b))),
                compare("leu.f64", (a, b, c) -> truth(!(d(a) > d(b)))),
                exact("setp and, with the opposite", LaneProgram.predicate("setp.lt.s32 %p0, %r4, %r6;\nsetp.lt.and.s32 %p1|%p2, %r4, %r5, !%p0;\n", "%p2"),
                        (a, b, c) -> truth((int) a >= (int) b && (int) a >= (int) c)),
                exact("selp", LaneProgram.word("setp.lt.s32 %p0, %r4, %r5;\nselp.b32 %r10, %r4, %r5, !%p0;", "%r10"),
                        (a, b, c) -> Math.max((int) a, (int) b) & 0xFFFFFFFFL),
                exact("a guard keeps the old value", LaneProgram.word("mov.u32 %r10, %r6;\nsetp.gt.s32 %p0, %r4, 0;\n@!%p0 mov.u32 %r10, %r5;", "%r10"),
                        (a, b, c) -> ((int) a > 0 ? c : b) & 0xFFFFFFFFL),
                exact("xor.pred", LaneProgram.predicate("setp.gt.s32 %p0, %r4, 0;\nsetp.gt.s32 %p1, %r5, 0;\nxor.pred %p2, %p0, %p1;\nnot.pred %p3, %p2;", "%p3"),
                        (a, b, c) -> truth((int) a > 0 == (int) b > 0)));
    }

    private static long nearest(double value, long smallest, long largest) {
        return Double.isNaN(value) ? 0 : value <= smallest ? smallest : value >= largest ? largest : (long) value;
    }

    /** The half nearest to an exact value, ties to even, found among all halves. */
    private static long half(double value) {
        if (Double.isNaN(value)) {
            return 0x7FFF;
        }
        long sign = doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
        double size = Math.abs(value);
        if (size >= 65520) {
            return sign | 0x7C00;
        }
        int low = 0;
        int high = 0x7C00;
        while (high - low > 1) {
            int middle = (low + high) / 2;
            if (Float.float16ToFloat((short) middle) <= size) {
                low = middle;
            } else {
                high = middle;
            }
        }
        BigDecimal above = new BigDecimal(high == 0x7C00 ? 65536 : Float.float16ToFloat((short) high)).subtract(new BigDecimal(size));
        BigDecimal below = new BigDecimal(size).subtract(new BigDecimal(Float.float16ToFloat((short) low)));
        int order = below.compareTo(above);
        return sign | (order < 0 || order == 0 && (low & 1) == 0 ? low : high);
    }

    private static long bfloat(float value) {
        if (Float.isNaN(value)) {
            return 0x7FFF;
        }
        int bits = floatToRawIntBits(value);
        int rest = bits & 0xFFFF;
        int kept = bits >>> 16;
        return kept + (rest > 0x8000 || rest == 0x8000 && (kept & 1) != 0 ? 1 : 0) & 0xFFFF;
    }

    @TestFactory
    Stream<DynamicTest> conversions() {
        return Stream.of(
                exact("cvt.rzi.s32.f32", LaneProgram.word("cvt.rzi.s32.f32 %r10, %f4;", "%r10"),
                        (a, b, c) -> nearest(f(a), Integer.MIN_VALUE, Integer.MAX_VALUE) & 0xFFFFFFFFL),
                exact("cvt.rni.s64.f32", LaneProgram.wide("cvt.rni.s64.f32 %q10, %f4;", "%q10"), (a, b, c) -> (long) Math.rint(f(a))),
                exact("cvt.rzi.u32.f64", LaneProgram.word("cvt.rzi.u32.f64 %r10, %d4;", "%r10"), (a, b, c) -> nearest(d(a), 0, 0xFFFFFFFFL)),
                single("cvt.rn.f32.f64", LaneProgram.word("cvt.rn.f32.f64 %f10, %d4;", "%f10"), (a, b, c) -> floatToRawIntBits((float) d(a))),
                dual("cvt.f64.f32", LaneProgram.wide("cvt.f64.f32 %d10, %f4;", "%d10"), (a, b, c) -> doubleToRawLongBits(f(a))),
                single("cvt.rpi.f32.f32", LaneProgram.word("cvt.rpi.f32.f32 %f10, %f4;", "%f10"), (a, b, c) -> floatToRawIntBits((float) Math.ceil(f(a)))),
                exact("cvt.rn.f32.s64", LaneProgram.word("cvt.rn.f32.s64 %f10, %q4;", "%f10"), (a, b, c) -> floatToRawIntBits((float) a) & 0xFFFFFFFFL),
                exact("cvt.rn.f32.u64", LaneProgram.word("cvt.rn.f32.u64 %f10, %q4;", "%f10"),
                        (a, b, c) -> floatToRawIntBits(new BigDecimal(Long.toUnsignedString(a)).floatValue()) & 0xFFFFFFFFL),
                exact("cvt.rn.f32.u32", LaneProgram.word("cvt.rn.f32.u32 %f10, %r4;", "%f10"), (a, b, c) -> floatToRawIntBits(a & 0xFFFFFFFFL) & 0xFFFFFFFFL),
                exact("cvt.rn.f16.f32", LaneProgram.half("cvt.rn.f16.f32 %h10, %f4;", "%h10"), (a, b, c) -> half(f(a))),
                exact("cvt.rn.f16.f64", LaneProgram.half("cvt.rn.f16.f64 %h10, %d4;", "%h10"), (a, b, c) -> half(d(a))),
                exact("cvt.rn.bf16.f32", LaneProgram.half("cvt.rn.bf16.f32 %h10, %f4;", "%h10"), (a, b, c) -> bfloat(f(a))),
                exact("cvt.rn.bf16x2.f32", LaneProgram.word("cvt.rn.bf16x2.f32 %r10, %f4, %f5;", "%r10"), (a, b, c) -> bfloat(f(a)) << 16 | bfloat(f(b))),
                exact("cvt.rn.f16x2.f32", LaneProgram.word("cvt.rn.f16x2.f32 %r10, %f4, %f5;", "%r10"), (a, b, c) -> half(f(a)) << 16 | half(f(b))),
                single("cvt.f32.f16", LaneProgram.word("cvt.f32.f16 %f10, %h4;", "%f10"), (a, b, c) -> floatToRawIntBits(Float.float16ToFloat((short) a))),
                exact("cvt.s64.s32", LaneProgram.wide("cvt.s64.s32 %q10, %r4;", "%q10"), (a, b, c) -> (int) a),
                exact("cvt.u64.u32", LaneProgram.wide("cvt.u64.u32 %q10, %r4;", "%q10"), (a, b, c) -> a & 0xFFFFFFFFL),
                exact("cvt.s32.s8", LaneProgram.word("cvt.s32.s8 %r10, %r4;", "%r10"), (a, b, c) -> (byte) a & 0xFFFFFFFFL),
                exact("cvt.s64.s16", LaneProgram.wide("cvt.s64.s16 %q10, %h4;", "%q10"), (a, b, c) -> (short) a),
                exact("cvt.u16.u32", LaneProgram.half("cvt.u16.u32 %h10, %r4;", "%h10"), (a, b, c) -> a & 0xFFFF),
                exact("cvt.sat.u16.s32", LaneProgram.half("cvt.sat.u16.s32 %h10, %r4;", "%h10"), (a, b, c) -> Math.clamp((int) a, 0, 0xFFFF)));
    }
}
