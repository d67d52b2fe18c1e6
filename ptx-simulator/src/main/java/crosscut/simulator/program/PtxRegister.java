package crosscut.simulator.program;

/**
 * A register of a kernel.
 *
 * @param name as the text has it
 * @param type declared type; registers only have a size, instructions say what the bits mean
 * @param index its number among the kernel's registers of the same class (predicates, up to 32 bits, 64 bits)
 */
public record PtxRegister(String name, PtxType type, int index) {

    /** Where its value is kept. */
    public enum RegisterClass {
        PREDICATE,
        WORD,
        LONG
    }

    public RegisterClass registerClass() {
        return classOf(type);
    }

    static RegisterClass classOf(PtxType type) {
        return type == PtxType.PRED ? RegisterClass.PREDICATE : type.isWide() ? RegisterClass.LONG : RegisterClass.WORD;
    }
}
