package crosscut.simulator.program;

/**
 * A variable in a state space.
 *
 * @param name its name
 * @param space shared, global, const or local
 * @param byteOffset from the start of that space's block of the kernel (shared, local) or of the module (global, const)
 * @param byteSize 0 for an extern array, which is as long as what the launch adds
 * @param initial bytes of its initial value, null for none
 */
public record PtxVariable(String name, Space space, long byteOffset, long byteSize, byte[] initial) {

    /** State spaces that hold variables. */
    public enum Space {
        SHARED,
        GLOBAL,
        CONST,
        LOCAL
    }
}
