package crosscut.simulator.execution;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.Simulator;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.program.PtxModule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/**
 * A few instructions on 32 lanes, each with three 64-bit numbers. They find them in %q4, %q5 and %q6, their lower halves in %r4 to %r6 and as floats in %f4 to
 * %f6, as doubles in %d4 to %d6, their lowest 16 bits in %h4 to %h6; they leave the result in the register that the caller names.
 */
final class LaneProgram {

    static final int LANES = 32;

    private static final String BEFORE = """
            .version 7.2
            .target sm_80
            .address_size 64
            .global .align 8 .u64 counter = 41;
            .const .align 4 .b32 table[4] = {7, 11, 13, 0x11};
            .visible .entry test(.param .u64 inputs, .param .u64 results, .param .u32 seven)
            {
                .reg .pred %p<8>;
                .reg .b16 %h<16>;
                .reg .b32 %r<32>;
                .reg .f32 %f<16>;
                .reg .b64 %q<32>;
                .reg .f64 %d<16>;
                .shared .align 16 .b8 first[256];
                .shared .align 16 .b8 second[256];
                .local .align 8 .b8 depot[16];
                mov.u32 %r0, %tid.x;
                ld.param.u64 %q0, [inputs];
                ld.param.u64 %q1, [results];
                mul.wide.u32 %q2, %r0, 24;
                add.s64 %q2, %q0, %q2;
                mul.wide.u32 %q3, %r0, 8;
                add.s64 %q3, %q1, %q3;
                ld.global.u64 %q4, [%q2];
                ld.global.u64 %q5, [%q2+8];
                ld.global.u64 %q6, [%q2+16];
                cvt.u32.u64 %r4, %q4;
                cvt.u32.u64 %r5, %q5;
                cvt.u32.u64 %r6, %q6;
                mov.b32 %f4, %r4;
                mov.b32 %f5, %r5;
                mov.b32 %f6, %r6;
                mov.b64 %d4, %q4;
                mov.b64 %d5, %q5;
                mov.b64 %d6, %q6;
                cvt.u16.u32 %h4, %r4;
                cvt.u16.u32 %h5, %r5;
                cvt.u16.u32 %h6, %r6;
            """;

    private static final long[] EDGES = {0, 1, -1, 2, 31, 32, 33, 63, 64, 65, Integer.MAX_VALUE, Integer.MIN_VALUE, 0xFFFFFFFFL, Long.MAX_VALUE, Long.MIN_VALUE,
            0x7FFF, 0x8000, 0xFFFF, Float.floatToRawIntBits(1f), Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(Float.NaN),
            Float.floatToRawIntBits(Float.POSITIVE_INFINITY), Float.floatToRawIntBits(Float.MIN_VALUE), Float.floatToRawIntBits(2.5f),
            Float.floatToRawIntBits(-3e10f), Double.doubleToRawLongBits(1.5), Double.doubleToRawLongBits(-0.0), Double.doubleToRawLongBits(Double.NaN),
            Double.doubleToRawLongBits(-1e300), Double.doubleToRawLongBits(Double.MIN_VALUE), Double.doubleToRawLongBits(65519.999), 5};

    private final String body;

    private LaneProgram(String body) {
        this.body = body;
    }

    /** With the result in a 64-bit register. */
    static LaneProgram wide(String body, String result) {
        return new LaneProgram(BEFORE + body + "\nst.global.b64 [%q3], " + result + ";\nret;\n}\n");
    }

    /** With the result in a register of 32 bits, which is zero-extended. */
    static LaneProgram word(String body, String result) {
        return wide(body + "\nmov.b32 %r31, " + result + ";\ncvt.u64.u32 %q31, %r31;", "%q31");
    }

    /** With the result in a register of 16 bits. */
    static LaneProgram half(String body, String result) {
        return wide(body + "\ncvt.u64.u16 %q31, " + result + ";", "%q31");
    }

    /** With the result in a predicate: 1 or 0. */
    static LaneProgram predicate(String body, String result) {
        return wide(body + "\nselp.b64 %q31, 1, 0, " + result + ";", "%q31");
    }

    String text() {
        return body;
    }

    /** Numbers for all lanes, three each: edges first, then random ones. */
    static long[] inputs(Random random) {
        long[] inputs = new long[3 * LANES];
        for (int index = 0; index < inputs.length; index++) {
            inputs[index] = switch (random.nextInt(4)) {
                case 0 -> random.nextLong();
                case 1 -> Double.doubleToRawLongBits(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
                case 2 -> Float.floatToRawIntBits((float) (random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10)));
                default -> EDGES[random.nextInt(EDGES.length)];
            };
        }
        return inputs;
    }

    /** Runs on 32 lanes in lock step; fails when a check finds something. */
    long[] run(long[] inputs) {
        return run(inputs, LaneOrder.LOCK_STEP);
    }

    long[] run(long[] inputs, LaneOrder order) {
        try (Simulator simulator = new Simulator(new SimulatorOptions(order, 7, true, 1)); Arena arena = Arena.ofConfined()) {
            PtxModule module = simulator.load(body);
            long in = simulator.memory().allocate((long) inputs.length * Long.BYTES, "inputs");
            long out = simulator.memory().allocate(LANES * Long.BYTES, "results");
            simulator.memory().write(in, arena.allocateFrom(ValueLayout.JAVA_LONG, inputs));
            MemorySegment parameters = arena.allocate(24, Long.BYTES);
            parameters.set(ValueLayout.JAVA_LONG, 0, in);
            parameters.set(ValueLayout.JAVA_LONG, 8, out);
            parameters.set(ValueLayout.JAVA_INT, 16, 7);
            simulator.launch(module.find("test").orElseThrow(), new GridShape(1, 1, 1, LANES, 1, 1, 0), parameters);
            MemorySegment results = arena.allocate(LANES * Long.BYTES, Long.BYTES);
            simulator.memory().read(out, results);
            assertThat(simulator.findings().all()).isEmpty();
            return results.toArray(ValueLayout.JAVA_LONG);
        }
    }
}
