package crosscut.simulator.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PtxMutatorTest {

    private static final String PTX = """
            .visible .entry first(
            	.param .u64 first_param_0
            )
            {
            	.reg .pred 	%p<3>;
            	setp.ge.s32 	%p1, %r1, %r2;
            	@%p1 bra 	$L__BB0_2;
            	st.shared.f32 	[%r3], %f1;
            	add.s32 	%r4, %r3, 4;
            	bar.sync 	0;
            	ld.shared.f32 	%f2, [%r4];
            	st.shared.f32 	[%r4], %f3;
            $L__BB0_2:
            	@%p2 atom.global.add.u32 	%r5, [%rd1+8], %r6;
            	red.shared.max.s32 	[%r7], %r8;
            	ret;
            }
            """;

    private static List<PtxMutation> of(MutationKind kind) {
        return PtxMutator.mutations(PTX).stream().filter(mutation -> mutation.kind() == kind).toList();
    }

    private static String line(PtxMutation mutation, int number) {
        return mutation.apply(PTX).lines().toList().get(number - 1).strip();
    }

    @Test
    void barriersAreDropped() {
        PtxMutation dropped = of(MutationKind.DROPPED_BARRIER).getFirst();
        assertThat(dropped.toString()).isEqualTo("DROPPED_BARRIER in first, PTX line 10: bar.sync \t0;");
        assertThat(line(dropped, 10)).isEmpty();
        assertThat(line(dropped, 11)).isEqualTo("ld.shared.f32 \t%f2, [%r4];");
    }

    @Test
    void comparisonsAreShifted() {
        assertThat(line(of(MutationKind.SHIFTED_COMPARISON).getFirst(), 6)).isEqualTo("setp.gt.s32 \t%p1, %r1, %r2;");
    }

    @Test
    void storesCrossBarriersInBothDirections() {
        List<PtxMutation> moved = of(MutationKind.MOVED_STORE);
        assertThat(moved).hasSize(2);
        assertThat(line(moved.get(0), 8)).isEmpty();
        assertThat(line(moved.get(0), 10)).isEqualTo("bar.sync \t0; st.shared.f32 \t[%r3], %f1;");
        assertThat(line(moved.get(1), 10)).isEqualTo("st.shared.f32 \t[%r4], %f3; bar.sync \t0;");
        assertThat(line(moved.get(1), 12)).isEmpty();
    }

    @Test
    void aStoreDoesNotCrossWhatDefinesItsRegisters() {
        String depends = PTX.replace("ld.shared.f32 \t%f2", "ld.shared.f32 \t%f3");
        assertThat(PtxMutator.mutations(depends)).filteredOn(mutation -> mutation.kind() == MutationKind.MOVED_STORE).hasSize(1);
    }

    @Test
    void atomicUpdatesBecomePlainOnes() {
        List<PtxMutation> plain = of(MutationKind.PLAIN_UPDATE);
        assertThat(line(plain.get(0), 4)).isEqualTo("{ .reg .u32 %mutant_old; .reg .u32 %mutant_new; .reg .pred %mutant_equal;");
        assertThat(line(plain.get(0), 14)).isEqualTo("@%p2 ld.global.u32 %mutant_old, [%rd1+8]; @%p2 add.u32 %mutant_new, %mutant_old, %r6; "
                + "@%p2 st.global.u32 [%rd1+8], %mutant_new; @%p2 mov.u32 %r5, %mutant_old;");
        assertThat(line(plain.get(1),
                15)).isEqualTo("ld.shared.s32 %mutant_old, [%r7]; max.s32 %mutant_new, %mutant_old, %r8; st.shared.s32 [%r7], %mutant_new;");
    }
}
