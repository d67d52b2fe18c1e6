package crosscut.simulator.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the lanes of a warp do together, and ways on which they part and meet, in every order. */
class WarpInstructionsTest {

    private final long[] inputs = LaneProgram.inputs(new Random(11));

    private void holds(LaneProgram program, LaneOrder order, IntToLongFunction expected) {
        long[] results = program.run(inputs, order);
        for (int lane = 0; lane < LaneProgram.LANES; lane++) {
            assertThat(results[lane]).as("lane %d, %s", lane, program.text().lines().reduce((_, line) -> line).orElse("")).isEqualTo(expected.applyAsLong(lane));
        }
    }

    private long a(int lane) {
        return inputs[3 * lane] & 0xFFFFFFFFL;
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void shuffles(LaneOrder order) {
        holds(LaneProgram.word("shfl.sync.idx.b32 %r10, %r4, 5, 31, -1;", "%r10"), order, _ -> a(5));
        holds(LaneProgram.word("shfl.sync.bfly.b32 %r10|%p1, %r4, 3, 31, -1;", "%r10"), order, lane -> a(lane ^ 3));
        holds(LaneProgram.word("shfl.sync.up.b32 %r10, %r4, 4, 0, -1;", "%r10"), order, lane -> lane >= 4 ? a(lane - 4) : a(lane));
        holds(LaneProgram.word("shfl.sync.down.b32 %r10, %r4, 4, 31, -1;", "%r10"), order, lane -> lane + 4 < 32 ? a(lane + 4) : a(lane));
        // Segments of 8 lanes: mask 24 in the upper half of the control word.
        holds(LaneProgram.word("shfl.sync.down.b32 %r10|%p1, %r4, 3, 6175, -1;\nselp.b32 %r10, %r10, 99, %p1;", "%r10"), order,
                lane -> lane % 8 + 3 < 8 ? a(lane + 3) : 99);
        holds(LaneProgram.word("shfl.sync.idx.b32 %r10, %r4, 2, 6175, -1;", "%r10"), order, lane -> a(lane / 8 * 8 + 2));
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void votesAndMatches(LaneOrder order) {
        int negative = 0;
        for (int lane = 0; lane < LaneProgram.LANES; lane++) {
            negative |= (int) a(lane) < 0 ? 1 << lane : 0;
        }
        long ballot = negative & 0xFFFFFFFFL;
        String sign = "setp.lt.s32 %p0, %r4, 0;\n";
        holds(LaneProgram.word(sign + "vote.sync.ballot.b32 %r10, %p0, -1;", "%r10"), order, _ -> ballot);
        holds(LaneProgram.predicate(sign + "vote.sync.any.pred %p1, %p0, -1;", "%p1"), order, _ -> ballot != 0 ? 1 : 0);
        holds(LaneProgram.predicate(sign + "vote.sync.all.pred %p1, !%p0, -1;", "%p1"), order, _ -> ballot == 0 ? 1 : 0);
        holds(LaneProgram.word("and.b32 %r11, %r0, 3;\nmatch.any.sync.b32 %r10, %r11, -1;", "%r10"), order, lane -> 0x11111111L << lane % 4);
        holds(LaneProgram.word("redux.sync.add.s32 %r10, %r0, -1;", "%r10"), order, _ -> 496);
        holds(LaneProgram.word("redux.sync.max.u32 %r10, %r0, -1;", "%r10"), order, _ -> 31);
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void lanesPartAndMeet(LaneOrder order) {
        // Every lane loops as often as its number says; inside, odd and even ones go different ways.
        String loop = """
                mov.u32 %r10, 0;
                mov.u32 %r11, 0;
                LOOP:
                setp.ge.u32 %p0, %r11, %r0;
                @%p0 bra DONE;
                and.b32 %r12, %r11, 1;
                setp.eq.u32 %p1, %r12, 0;
                @%p1 bra EVEN;
                add.u32 %r10, %r10, 100;
                bra.uni NEXT;
                EVEN:
                add.u32 %r10, %r10, 1;
                NEXT:
                add.u32 %r11, %r11, 1;
                bra LOOP;
                DONE:
                shfl.sync.bfly.b32 %r10, %r10, 1, 31, -1;
                """;
        holds(LaneProgram.word(loop, "%r10"), order, lane -> {
            int other = lane ^ 1;
            return (other + 1) / 2 + 100L * (other / 2);
        });
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void aPartOfTheWarpExchangesAlone(LaneOrder order) {
        String halves = """
                mov.u32 %r10, 7;
                setp.lt.u32 %p0, %r0, 16;
                @!%p0 bra SKIP;
                shfl.sync.idx.b32 %r10, %r0, 15, 31, 65535;
                SKIP:
                bar.warp.sync -1;
                """;
        holds(LaneProgram.word(halves, "%r10"), order, lane -> lane < 16 ? 15 : 7);
    }

    @ParameterizedTest
    @EnumSource(LaneOrder.class)
    void specialRegisters(LaneOrder order) {
        holds(LaneProgram.word("mov.u32 %r10, %laneid;\nmov.u32 %r11, %ntid.x;\nmad.lo.s32 %r10, %r11, 1000, %r10;", "%r10"), order, lane -> 32_000 + lane);
        holds(LaneProgram.word("mov.u32 %r10, %lanemask_lt;", "%r10"), order, lane -> (1L << lane) - 1);
        holds(LaneProgram.word("mov.u32 %r10, %nctaid.x;\nmov.u32 %r11, %ctaid.x;\nadd.u32 %r10, %r10, %r11;", "%r10"), order, _ -> 1);
    }
}
