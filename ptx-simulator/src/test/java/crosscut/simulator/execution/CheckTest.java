package crosscut.simulator.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.simulator.Simulator;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.check.Finding;
import crosscut.simulator.check.FindingKind;
import crosscut.simulator.check.SimulatorFault;
import crosscut.simulator.program.PtxModule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every check finds its planted defect in every order of lanes, and what is right stays unreported. */
class CheckTest {

    private static final int WORDS = 256;

    /** Lines before the body, so that a body's first line is the next one. */
    private static final String BEFORE = """
            .version 7.2
            .target sm_80
            .address_size 64
            .visible .entry test(.param .u64 data)
            {
            .reg .pred %p<4>;
            .reg .b16 %h<4>;
            .reg .b32 %r<16>;
            .reg .b64 %q<16>;
            .shared .align 16 .b8 first[256];
            .shared .align 16 .b8 second[256];
            ld.param.u64 %q0, [data];
            mov.u32 %r0, %tid.x;
            mov.u32 %r1, %ctaid.x;
            mul.wide.u32 %q1, %r0, 4;
            add.s64 %q2, %q0, %q1;
            shl.b32 %r2, %r0, 2;
            """;

    private static final int FIRST_LINE = (int) BEFORE.lines().count() + 1;

    private static List<Finding> run(LaneOrder order, int blocks, int threads, String body) {
        try (Simulator simulator = new Simulator(new SimulatorOptions(order, 5, true, 1)); Arena arena = Arena.ofConfined()) {
            PtxModule module = simulator.load(BEFORE + body + "\nret;\n}\n");
            long data = simulator.memory().allocate(WORDS * Integer.BYTES, "data");
            simulator.memory().fill(data, 0, Byte.BYTES, WORDS * Integer.BYTES / 2);
            MemorySegment parameters = arena.allocate(ValueLayout.JAVA_LONG);
            parameters.set(ValueLayout.JAVA_LONG, 0, data);
            simulator.launch(module.find("test").orElseThrow(), new GridShape(blocks, 1, 1, threads, 1, 1, 0), parameters);
            return simulator.findings().all();
        }
    }

    private static void finds(FindingKind kind, int bodyLine, LaneOrder order, int blocks, int threads, String body) {
        List<Finding> findings = run(order, blocks, threads, body);
        assertThat(findings).as("%s", findings).isNotEmpty().allSatisfy(finding -> assertThat(finding.kind()).isEqualTo(kind));
        assertThat(findings).anySatisfy(finding -> {
            assertThat(finding.place().kernel()).isEqualTo("test");
            assertThat(finding.place().ptxLine()).isEqualTo(FIRST_LINE + bodyLine);
        });
    }

    private static void faults(LaneOrder order, String body, String... mentioned) {
        assertThatThrownBy(() -> run(order, 1, 32, body)).isInstanceOf(SimulatorFault.class).hasMessageContainingAll(mentioned);
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void memoryThatNothingWrote(LaneOrder order) {
        finds(FindingKind.UNINITIALISED, 0, order, 1, 32, "ld.global.u32 %r3, [%q2+640];");
        finds(FindingKind.UNINITIALISED, 0, order, 1, 32, "ld.shared.u32 %r3, [first];");
        assertThat(run(order, 1, 32, "ld.global.u32 %r3, [%q2];")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void racesInABlock(LaneOrder order) {
        String neighbour = "xor.b32 %r4, %r2, 128;\nst.shared.u32 [%r2], 0;\nbar.sync 0;\n";
        finds(FindingKind.RACE, 4, order, 1, 64, neighbour + "st.shared.u32 [%r2], %r0;\nld.shared.u32 %r3, [%r4];");
        assertThat(run(order, 1, 64, neighbour + "st.shared.u32 [%r2], %r0;\nbar.sync 0;\nld.shared.u32 %r3, [%r4];")).isEmpty();
        finds(FindingKind.RACE, 0, order, 1, 64, "st.global.u32 [%q0], %r0;");
        assertThat(run(order, 1, 64, "atom.global.add.u32 %r3, [%q0], 1;")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void racesInAWarp(LaneOrder order) {
        String neighbour = "xor.b32 %r4, %r2, 4;\nst.shared.u32 [%r2], 0;\nbar.warp.sync -1;\n";
        finds(FindingKind.RACE, 4, order, 1, 32, neighbour + "st.shared.u32 [%r2], %r0;\nld.shared.u32 %r3, [%r4];");
        assertThat(run(order, 1, 32, neighbour + "st.shared.u32 [%r2], %r0;\nbar.warp.sync -1;\nld.shared.u32 %r3, [%r4];")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void racesBetweenBlocks(LaneOrder order) {
        String one = "setp.ne.u32 %p0, %r0, 0;\n@%p0 bra END;\n";
        finds(FindingKind.RACE, 2, order, 2, 32, one + "st.global.u32 [%q0], %r1;\nEND:");
        // The last block reads what the others wrote: in order only with a fence before the counter.
        String last = one + """
                mul.wide.u32 %q5, %r1, 4;
                add.s64 %q5, %q0, %q5;
                st.global.u32 [%q5+64], %r1;
                membar.gl;
                atom.global.add.u32 %r5, [%q0], 1;
                setp.ne.u32 %p1, %r5, 3;
                @%p1 bra END;
                ld.global.u32 %r6, [%q0+64];
                END:
                """;
        assertThat(run(order, 4, 32, last)).isEmpty();
        finds(FindingKind.RACE, 8, order, 4, 32, last.replace("membar.gl;\n", ""));
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void barriers(LaneOrder order) {
        finds(FindingKind.BARRIER, 2, order, 1, 64, "setp.lt.u32 %p0, %r0, 32;\n@%p0 bra END;\nbar.sync 0;\nEND:");
        finds(FindingKind.BARRIER, 2, order, 1, 32, "setp.lt.u32 %p0, %r0, 5;\n@%p0 bra END;\nbar.sync 0;\nEND:");
        assertThat(run(order, 1, 64, "bar.sync 0;\nbar.sync 1;\nbar.sync 0;")).isEmpty();
        assertThat(run(order, 1, 64, "setp.ge.u32 %p0, %r0, 32;\n@%p0 bra END;\nbar.sync 1, 32;\nEND:")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void absentLanes(LaneOrder order) {
        finds(FindingKind.SHUFFLE, 2, order, 1, 32, "setp.lt.u32 %p0, %r0, 4;\n@%p0 bra END;\nshfl.sync.idx.b32 %r3, %r0, 9, 31, -1;\nEND:");
        finds(FindingKind.SHUFFLE, 2, order, 1, 32, "setp.lt.u32 %p0, %r0, 4;\n@%p0 bra END;\nshfl.sync.idx.b32 %r3, %r0, 1, 31, -16;\nEND:");
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void faultsEndTheLaunch(LaneOrder order) {
        faults(order, "ld.global.u32 %r3, [%q2+1000];", "read of 4 bytes at byte", "data (1024 bytes)", "test, PTX line " + FIRST_LINE);
        faults(order, "st.global.u32 [%q2+-4], %r3;", "write");
        faults(order, "ld.global.v2.u32 {%r3, %r4}, [%q0+4];", "misaligned");
        faults(order, "mov.u64 %q5, 16;\nld.global.u32 %r3, [%q5];", "null or close to it");
        faults(order, "st.shared.u32 [first+256], %r0;", "past the end of a variable");
        faults(order, "sub.u32 %r3, %r0, %r0;\ndiv.u32 %r4, %r0, %r3;", "integer division by zero", "PTX line " + (FIRST_LINE + 1));
        faults(order, "LOOP:\nbra LOOP;", "endless loop");
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void freedMemoryIsKnown(LaneOrder order) {
        try (Simulator simulator = new Simulator(new SimulatorOptions(order, 5, true, 1)); Arena arena = Arena.ofConfined()) {
            PtxModule module = simulator.load(BEFORE + "st.global.u32 [%q2], %r0;\nret;\n}\n");
            long data = simulator.memory().allocate(1024, "data");
            simulator.memory().free(data);
            MemorySegment parameters = arena.allocate(ValueLayout.JAVA_LONG);
            parameters.set(ValueLayout.JAVA_LONG, 0, data);
            assertThatThrownBy(() -> simulator.launch(module.find("test").orElseThrow(), new GridShape(1, 1, 1, 32, 1, 1, 0), parameters))
                    .isInstanceOf(SimulatorFault.class).hasMessageContaining("in memory that was freed");
        }
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void whatIsRightStaysUnreported(LaneOrder order) {
        String halves = "cvt.u16.u32 %h0, %r0;\nmul.wide.u32 %q5, %r0, 2;\nadd.s64 %q5, %q0, %q5;\nst.global.u16 [%q5], %h0;";
        assertThat(run(order, 1, 64, halves)).isEmpty();
        String doubleBuffer = """
                mov.u32 %r7, 0;
                mov.u32 %r9, first;
                LOOP:
                and.b32 %r8, %r7, 1;
                mad.lo.s32 %r8, %r8, 128, %r9;
                shl.b32 %r10, %r0, 2;
                and.b32 %r10, %r10, 124;
                add.u32 %r10, %r10, %r8;
                st.shared.u32 [%r10], %r7;
                bar.sync 0;
                ld.shared.u32 %r11, [%r8];
                add.u32 %r7, %r7, 1;
                setp.lt.u32 %p0, %r7, 4;
                @%p0 bra LOOP;
                """;
        assertThat(run(order, 1, 32, doubleBuffer)).isEmpty();
        assertThat(run(order, 8, 64, "ld.global.u32 %r3, [%q0];")).isEmpty();
    }
}
