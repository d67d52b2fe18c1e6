package crosscut.simulator.mutation;

/**
 * Whether a mutation was noticed.
 *
 * @param launches how many launches of the kernel there were to notice it
 * @param differs whether one left other bytes than without the mutation
 * @param finding what the checks said first, empty when nothing
 */
public record MutationResult(PtxMutation mutation, int launches, boolean differs, String finding) {

    /** Whether results or checks showed it. */
    public boolean isNoticed() {
        return differs || !finding.isEmpty();
    }

    /** Whether the checks alone showed it. */
    public boolean isNoticedByChecksOnly() {
        return !differs && !finding.isEmpty();
    }
}
