package crosscut.simulator.execution;

import static crosscut.simulator.execution.InstructionCase.exact;

import java.math.BigInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Integer and bit instructions against Java, with edges and random numbers. */
class IntegerInstructionsTest {

    private static final BigInteger MASK_64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private static DynamicTest word(String form, InstructionCase.Expected expected) {
        return exact(form, LaneProgram.word(form + " %r10, %r4, %r5;", "%r10"), (a, b, c) -> expected.of(a, b, c) & 0xFFFFFFFFL);
    }

    private static DynamicTest word3(String form, InstructionCase.Expected expected) {
        return exact(form, LaneProgram.word(form + " %r10, %r4, %r5, %r6;", "%r10"), (a, b, c) -> expected.of(a, b, c) & 0xFFFFFFFFL);
    }

    private static DynamicTest word1(String form, InstructionCase.Expected expected) {
        return exact(form, LaneProgram.word(form + " %r10, %r4;", "%r10"), (a, b, c) -> expected.of(a, b, c) & 0xFFFFFFFFL);
    }

    private static DynamicTest wide(String form, InstructionCase.Expected expected) {
        return exact(form, LaneProgram.wide(form + " %q10, %q4, %q5;", "%q10"), expected);
    }

    private static DynamicTest half(String form, InstructionCase.Expected expected) {
        return exact(form, LaneProgram.half(form + " %h10, %h4, %h5;", "%h10"), (a, b, c) -> expected.of(a, b, c) & 0xFFFF);
    }

    private static int clamped(long count, int size) {
        return (int) Math.min(count & 0xFFFFFFFFL, size);
    }

    private static long shiftLeft(long value, int count, int size) {
        return count >= size ? 0 : value << count;
    }

    @TestFactory
    Stream<DynamicTest> wordsOf32Bits() {
        return Stream.of(
                word("add.s32", (a, b, c) -> a + b), word("sub.s32", (a, b, c) -> a - b), word("mul.lo.s32", (a, b, c) -> a * b),
                word("mul.hi.s32", (a, b, c) -> (long) (int) a * (int) b >> 32),
                word("mul.hi.u32", (a, b, c) -> (a & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL) >>> 32), word3("mad.lo.s32", (a, b, c) -> a * b + c),
                word("min.s32", (a, b, c) -> Math.min((int) a, (int) b)), word("max.s32", (a, b, c) -> Math.max((int) a, (int) b)),
                word("min.u32", (a, b, c) -> Math.min(a & 0xFFFFFFFFL, b & 0xFFFFFFFFL)), word("max.u32", (a, b, c) -> Math.max(a & 0xFFFFFFFFL, b & 0xFFFFFFFFL)),
                word("and.b32", (a, b, c) -> a & b), word("or.b32", (a, b, c) -> a | b), word("xor.b32", (a, b, c) -> a ^ b), word1("not.b32", (a, b, c) -> ~a),
                word1("neg.s32", (a, b, c) -> -a), word1("abs.s32", (a, b, c) -> Math.abs((int) a)),
                word("shl.b32", (a, b, c) -> shiftLeft((int) a, clamped(b, 32), 32)),
                word("shr.u32", (a, b, c) -> clamped(b, 32) == 32 ? 0 : (a & 0xFFFFFFFFL) >>> clamped(b, 32)),
                word("shr.s32", (a, b, c) -> (int) a >> Math.min(31, clamped(b, 32))), word1("popc.b32", (a, b, c) -> Integer.bitCount((int) a)),
                word1("clz.b32", (a, b, c) -> Integer.numberOfLeadingZeros((int) a)), word1("brev.b32", (a, b, c) -> Integer.reverse((int) a)),
                word3("shf.l.wrap.b32", (a, b, c) -> (b << 32 | a & 0xFFFFFFFFL) << (c & 31) >>> 32),
                word3("shf.r.wrap.b32", (a, b, c) -> (b << 32 | a & 0xFFFFFFFFL) >>> (c & 31)));
    }

    @TestFactory
    Stream<DynamicTest> divisions() {
        String divisor = "setp.eq.s32 %p1, %r5, 0;\n@%p1 mov.u32 %r5, 3;\n";
        String wide = "setp.eq.s64 %p1, %q5, 0;\n@%p1 mov.u64 %q5, 3;\n";
        return Stream.of(
                exact("div.s32", LaneProgram.word(divisor + "div.s32 %r10, %r4, %r5;", "%r10"), (a, b, c) -> (int) a / ((int) b == 0 ? 3 : (int) b) & 0xFFFFFFFFL),
                exact("rem.s32", LaneProgram.word(divisor + "rem.s32 %r10, %r4, %r5;", "%r10"), (a, b, c) -> (int) a % ((int) b == 0 ? 3 : (int) b) & 0xFFFFFFFFL),
                exact("div.u32", LaneProgram.word(divisor + "div.u32 %r10, %r4, %r5;", "%r10"),
                        (a, b, c) -> Integer.divideUnsigned((int) a, (int) b == 0 ? 3 : (int) b) & 0xFFFFFFFFL),
                exact("rem.u32", LaneProgram.word(divisor + "rem.u32 %r10, %r4, %r5;", "%r10"),
                        (a, b, c) -> Integer.remainderUnsigned((int) a, (int) b == 0 ? 3 : (int) b) & 0xFFFFFFFFL),
                exact("div.s64", LaneProgram.wide(wide + "div.s64 %q10, %q4, %q5;", "%q10"), (a, b, c) -> a / (b == 0 ? 3 : b)),
                exact("rem.u64", LaneProgram.wide(wide + "rem.u64 %q10, %q4, %q5;", "%q10"), (a, b, c) -> Long.remainderUnsigned(a, b == 0 ? 3 : b)));
    }

    @TestFactory
    Stream<DynamicTest> wordsOf64Bits() {
        return Stream.of(
                wide("add.s64", (a, b, c) -> a + b), wide("sub.s64", (a, b, c) -> a - b), wide("mul.lo.s64", (a, b, c) -> a * b),
                wide("mul.hi.s64", (a, b, c) -> BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)).shiftRight(64).longValue()),
                wide("mul.hi.u64", (a, b, c) -> unsigned(a).multiply(unsigned(b)).shiftRight(64).longValue()), wide("and.b64", (a, b, c) -> a & b),
                wide("or.b64", (a, b, c) -> a | b), wide("xor.b64", (a, b, c) -> a ^ b), wide("min.s64", (a, b, c) -> Math.min(a, b)),
                wide("max.u64", (a, b, c) -> unsigned(a).max(unsigned(b)).longValue()),
                exact("shl.b64", LaneProgram.wide("shl.b64 %q10, %q4, %r5;", "%q10"), (a, b, c) -> shiftLeft(a, clamped(b, 64), 64)),
                exact("shr.s64", LaneProgram.wide("shr.s64 %q10, %q4, %r5;", "%q10"), (a, b, c) -> a >> Math.min(63, clamped(b, 64))),
                exact("shr.u64", LaneProgram.wide("shr.u64 %q10, %q4, %r5;", "%q10"), (a, b, c) -> clamped(b, 64) == 64 ? 0 : a >>> clamped(b, 64)),
                exact("mul.wide.s32", LaneProgram.wide("mul.wide.s32 %q10, %r4, %r5;", "%q10"), (a, b, c) -> (long) (int) a * (int) b),
                exact("mul.wide.u32", LaneProgram.wide("mul.wide.u32 %q10, %r4, %r5;", "%q10"), (a, b, c) -> (a & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL)),
                exact("mad.wide.s32", LaneProgram.wide("mad.wide.s32 %q10, %r4, %r5, %q6;", "%q10"), (a, b, c) -> (long) (int) a * (int) b + c),
                exact("mad.lo.s64", LaneProgram.wide("mad.lo.s64 %q10, %q4, %q5, %q6;", "%q10"), (a, b, c) -> a * b + c),
                exact("popc.b64", LaneProgram.word("popc.b64 %r10, %q4;", "%r10"), (a, b, c) -> Long.bitCount(a)),
                exact("clz.b64", LaneProgram.word("clz.b64 %r10, %q4;", "%r10"), (a, b, c) -> Long.numberOfLeadingZeros(a)));
    }

    private static BigInteger unsigned(long value) {
        return BigInteger.valueOf(value).and(MASK_64);
    }

    @TestFactory
    Stream<DynamicTest> wordsOf16Bits() {
        return Stream.of(half("add.s16", (a, b, c) -> a + b), half("sub.s16", (a, b, c) -> a - b), half("mul.lo.s16", (a, b, c) -> a * b),
                half("and.b16", (a, b, c) -> a & b), half("min.s16", (a, b, c) -> Math.min((short) a, (short) b)),
                half("max.u16", (a, b, c) -> Math.max(a & 0xFFFF, b & 0xFFFF)),
                exact("shr.s16", LaneProgram.half("shr.s16 %h10, %h4, %r5;", "%h10"), (a, b, c) -> (short) a >> Math.min(15, clamped(b, 16)) & 0xFFFF),
                exact("mul.wide.s16", LaneProgram.word("mul.wide.s16 %r10, %h4, %h5;", "%r10"), (a, b, c) -> (short) a * (short) b & 0xFFFFFFFFL));
    }

    /** The definition of the manual, bit by bit. */
    private static long extract(long a, long position, long length, int size, boolean signed) {
        int from = (int) position & 0xFF;
        int count = (int) length & 0xFF;
        long sign = count == 0 || !signed ? 0 : a >>> Math.min(from + count - 1, size - 1) & 1;
        long result = 0;
        for (int bit = 0; bit < size; bit++) {
            long value = bit < count && from + bit < size ? a >>> from + bit & 1 : sign;
            result |= value << bit;
        }
        return result;
    }

    private static long insert(long a, long b, long position, long length, int size) {
        int from = (int) position & 0xFF;
        int count = (int) length & 0xFF;
        long result = b;
        for (int bit = 0; bit < count && from + bit < size; bit++) {
            result = result & ~(1L << from + bit) | (a >>> bit & 1) << from + bit;
        }
        return result;
    }

    private static long permute(long a, long b, long selectors) {
        long bytes = b << 32 | a & 0xFFFFFFFFL;
        long result = 0;
        for (int index = 0; index < 4; index++) {
            long selector = selectors >>> 4 * index & 0xF;
            long value = bytes >>> 8 * (selector & 7) & 0xFF;
            result |= (selector < 8 ? value : value >= 128 ? 0xFF : 0) << 8 * index;
        }
        return result;
    }

    @TestFactory
    Stream<DynamicTest> bitFields() {
        return Stream.of(
                word3("bfe.u32", (a, b, c) -> extract(a & 0xFFFFFFFFL, b, c, 32, false)), word3("bfe.s32", (a, b, c) -> extract(a & 0xFFFFFFFFL, b, c, 32, true)),
                exact("bfe.u64", LaneProgram.wide("bfe.u64 %q10, %q4, %r5, %r6;", "%q10"), (a, b, c) -> extract(a, b, c, 64, false)),
                exact("bfe.s64", LaneProgram.wide("bfe.s64 %q10, %q4, %r5, %r6;", "%q10"), (a, b, c) -> extract(a, b, c, 64, true)),
                exact("bfi.b32", LaneProgram.word("bfi.b32 %r10, %r4, %r5, %r6, 9;", "%r10"), (a, b, c) -> insert(a, b & 0xFFFFFFFFL, c, 9, 32) & 0xFFFFFFFFL),
                exact("bfi.b64", LaneProgram.wide("bfi.b64 %q10, %q4, %q5, %r6, 33;", "%q10"), (a, b, c) -> insert(a, b, c, 33, 64)),
                word3("prmt.b32", IntegerInstructionsTest::permute),
                exact("lop3.b32", LaneProgram.word("lop3.b32 %r10, %r4, %r5, %r6, 0x96;", "%r10"), (a, b, c) -> (a ^ b ^ c) & 0xFFFFFFFFL),
                exact("lop3.b32 majority", LaneProgram.word("lop3.b32 %r10, %r4, %r5, %r6, 0xE8;", "%r10"), (a, b, c) -> (a & b | a & c | b & c) & 0xFFFFFFFFL),
                exact("mov pack", LaneProgram.wide("mov.b64 %q10, {%r5, %r4};", "%q10"), (a, b, c) -> a << 32 | b & 0xFFFFFFFFL),
                exact("mov unpack", LaneProgram.word("mov.b64 {%r11, %r10}, %q4;", "%r10"), (a, b, c) -> a >>> 32),
                exact("mov halves", LaneProgram.word("mov.b32 %r10, {%h4, %h5};", "%r10"), (a, b, c) -> (b & 0xFFFF) << 16 | a & 0xFFFF));
    }
}
