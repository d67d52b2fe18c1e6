package crosscut.simulator.execution;

import static crosscut.simulator.execution.InstructionCase.exact;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loads, stores and atomic updates in all state spaces. */
class MemoryInstructionsTest {

    @TestFactory
    Stream<DynamicTest> loadsAndStores() {
        String ownPlace = "mov.u64 %q20, first;\nmul.wide.u32 %q21, %r0, 8;\nadd.s64 %q20, %q20, %q21;\n";
        return Stream.of(
                exact("ld.global.s8 into 32 bits", LaneProgram.word("ld.global.s8 %r10, [%q2+3];", "%r10"), (a, b, c) -> (byte) (a >>> 24) & 0xFFFFFFFFL),
                exact("ld.global.u8 into 64 bits", LaneProgram.wide("ld.global.u8 %q10, [%q2+7];", "%q10"), (a, b, c) -> a >>> 56),
                exact("ld.global.s16 into 64 bits", LaneProgram.wide("ld.global.s16 %q10, [%q2+8];", "%q10"), (a, b, c) -> (short) b),
                exact("ld.global.s32 into 64 bits", LaneProgram.wide("ld.global.s32 %q10, [%q2+20];", "%q10"), (a, b, c) -> c >> 32),
                exact("ld.global.v2.u32", LaneProgram.wide("ld.global.nc.v2.u32 {%r10, %r11}, [%q2+8];\nmov.b64 %q10, {%r11, %r10};", "%q10"),
                        (a, b, c) -> b << 32 | b >>> 32),
                exact("a sink in a vector", LaneProgram.word("ld.global.v2.u32 {_, %r11}, [%q2];", "%r11"), (a, b, c) -> a >>> 32),
                exact("generic address", LaneProgram.wide("ld.u64 %q10, [%q2+16];", "%q10"), (a, b, c) -> c),
                exact("ld.param", LaneProgram.word("ld.param.u32 %r10, [seven];", "%r10"), (a, b, c) -> 7),
                exact("ld.const", LaneProgram.word("ld.const.u32 %r10, [table+12];", "%r10"), (a, b, c) -> 0x11),
                exact("initial value of a global", LaneProgram.wide("ld.global.u64 %q10, [counter];", "%q10"), (a, b, c) -> 41),
                exact("shared memory by register", LaneProgram.wide(ownPlace + "st.shared.u64 [%q20], %q5;\nld.shared.u64 %q10, [%q20];", "%q10"), (a, b, c) -> b),
                exact("shared memory by generic address", LaneProgram.wide(
                        ownPlace + "cvta.shared.u64 %q22, %q20;\nst.u64 [%q22], %q6;\nld.shared.u64 %q10, [%q20];", "%q10"), (a, b, c) -> c),
                exact("st.shared.v2 and bytes", LaneProgram.word(ownPlace + "st.shared.v2.u32 [%q20], {%r4, %r5};\nld.shared.u8 %r10, [%q20+5];", "%r10"),
                        (a, b, c) -> b >>> 8 & 0xFF),
                exact("local memory is each thread's own", LaneProgram.wide("st.local.u64 [depot+8], %q4;\nld.local.u64 %q10, [depot+8];", "%q10"), (a, b, c) -> a));
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void atomicUpdatesOfOneAddressSeeEachOther(LaneOrder order) {
        long[] inputs = LaneProgram.inputs(new Random(3));
        String start = "mov.u64 %q20, counter;\n";
        long[] old = LaneProgram.wide(start + "atom.global.add.u64 %q10, [%q20], 2;", "%q10").run(inputs, order);
        Arrays.sort(old);
        for (int lane = 0; lane < LaneProgram.LANES; lane++) {
            assertThat(old[lane]).isEqualTo(41 + 2L * lane);
        }
        long[] last = LaneProgram.wide(start + "red.global.min.u64 [%q20], %q4;\nbar.sync 0;\natom.global.add.u64 %q10, [%q20], 0;", "%q10").run(inputs, order);
        long smallest = 41;
        for (int lane = 0; lane < LaneProgram.LANES; lane++) {
            smallest = Long.compareUnsigned(inputs[3 * lane], smallest) < 0 ? inputs[3 * lane] : smallest;
        }
        assertThat(last).containsOnly(smallest);
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void countersWrapAndExchangesKeepWhatWasThere(LaneOrder order) {
        long[] inputs = LaneProgram.inputs(new Random(4));
        String zero = "setp.eq.u32 %p0, %r0, 0;\n@%p0 st.shared.u32 [first], 0;\nbar.sync 0;\n";
        long[] wrapped = LaneProgram.word(zero + "mov.u32 %r20, first;\natom.shared.inc.u32 %r10, [%r20], 2;", "%r10").run(inputs, order);
        Arrays.sort(wrapped);
        long[] expected = new long[LaneProgram.LANES];
        for (int lane = 0; lane < expected.length; lane++) {
            expected[lane] = lane % 3;
        }
        Arrays.sort(expected);
        assertThat(wrapped).isEqualTo(expected);
        long[] winners = LaneProgram.word(zero + "add.u32 %r21, %r0, 1;\natom.shared.cas.b32 %r10, [first], 0, %r21;", "%r10").run(inputs, order);
        assertThat(Arrays.stream(winners).filter(value -> value == 0).count()).isEqualTo(1);
        assertThat(Arrays.stream(winners).filter(value -> value != 0).distinct().count()).isEqualTo(1);
    }
}
