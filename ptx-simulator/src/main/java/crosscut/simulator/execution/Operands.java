package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxKernel;
import crosscut.simulator.program.PtxOperand;
import crosscut.simulator.program.PtxRegister.RegisterClass;
import crosscut.simulator.program.PtxVariable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gives every operand a place in the arrays of a warp, so that steps read registers, numbers and special registers alike. Places are indices of lane 0; the
 * first place of each array is scratch.
 */
final class Operands {

    private final long moduleBase;
    private int wordPlaces;
    private int longPlaces;
    private final int firstWordConstant;
    private final int firstLongConstant;
    private final Map<Integer, Integer> words = new LinkedHashMap<>();
    private final Map<Long, Integer> longs = new LinkedHashMap<>();
    private final Map<String, Integer> specials = new LinkedHashMap<>();

    /**
     * Operands of a kernel.
     *
     * @param moduleBase device address of the module's variables
     */
    Operands(PtxKernel kernel, long moduleBase) {
        this.moduleBase = moduleBase;
        firstWordConstant = 1 + kernel.wordRegisters();
        firstLongConstant = 1 + kernel.longRegisters();
        wordPlaces = firstWordConstant;
        longPlaces = firstLongConstant;
    }

    private static int place(int number) {
        return number * Warp.LANES;
    }

    /** Place of a register that is written or read. */
    static int register(PtxOperand.RegisterOperand operand) {
        return place(1 + operand.register().index());
    }

    /** True for a 64-bit register. */
    static boolean isWide(PtxOperand operand) {
        return operand instanceof PtxOperand.RegisterOperand register && register.register().registerClass() == RegisterClass.LONG;
    }

    /** Place of a result. */
    static int result(PtxInstruction instruction, PtxOperand operand, boolean wide) {
        if (operand instanceof PtxOperand.SinkOperand) {
            return Executable.SCRATCH;
        }
        if (operand instanceof PtxOperand.RegisterOperand register && !register.isNegated()
                && register.register().registerClass() == (wide ? RegisterClass.LONG : RegisterClass.WORD)) {
            return register(register);
        }
        throw instruction.unsupported();
    }

    /** Place of an operand of up to 32 or of 64 bits. */
    int source(PtxInstruction instruction, PtxOperand operand, boolean wide) {
        return switch (operand) {
            case PtxOperand.RegisterOperand register -> result(instruction, register, wide);
            case PtxOperand.ImmediateOperand number -> wide ? wide(longBits(number)) : word(wordBits(number));
            case PtxOperand.SpecialOperand special when !wide -> specials.computeIfAbsent(special.name(), _ -> place(wordPlaces++));
            case PtxOperand.VariableOperand variable -> wide ? wide(address(variable)) : word((int) address(variable));
            default -> throw instruction.unsupported();
        };
    }

    /** A double literal where 32 bits are wanted does not occur; a single one where 64 are wanted neither. */
    private static int wordBits(PtxOperand.ImmediateOperand number) {
        return (int) number.bits();
    }

    private static long longBits(PtxOperand.ImmediateOperand number) {
        return number.bits();
    }

    /** The address that the variable's name stands for: shared and local ones count from the start of their space. */
    long address(PtxOperand.VariableOperand operand) {
        PtxVariable variable = operand.variable();
        boolean ofModule = variable.space() == PtxVariable.Space.GLOBAL || variable.space() == PtxVariable.Space.CONST;
        return (ofModule ? moduleBase : 0) + variable.byteOffset() + operand.offset();
    }

    private int word(int value) {
        return words.computeIfAbsent(value, _ -> place(wordPlaces++));
    }

    private int wide(long value) {
        return longs.computeIfAbsent(value, _ -> place(longPlaces++));
    }

    /** Index of a predicate register. */
    static int predicate(PtxInstruction instruction, PtxOperand operand) {
        if (operand instanceof PtxOperand.RegisterOperand register && register.register().registerClass() == RegisterClass.PREDICATE) {
            return register.register().index();
        }
        throw instruction.unsupported();
    }

    /** -1 for a negated predicate, 0 otherwise: what its mask is combined with. */
    static int flip(PtxOperand operand) {
        return operand instanceof PtxOperand.RegisterOperand register && register.isNegated() ? -1 : 0;
    }

    int wordLength() {
        return place(wordPlaces);
    }

    int longLength() {
        return place(longPlaces);
    }

    Map<Integer, Integer> wordConstants() {
        return words;
    }

    Map<Long, Integer> longConstants() {
        return longs;
    }

    Map<String, Integer> specials() {
        return specials;
    }
}
