package crosscut.simulator.program;

import java.util.List;

/** What an instruction works on. */
public sealed interface PtxOperand {

    /**
     * A register of the kernel.
     *
     * @param register its declaration
     * @param isNegated true for {@code !%p}
     */
    record RegisterOperand(PtxRegister register, boolean isNegated) implements PtxOperand {}

    /** A read-only register of the machine: {@code %tid.x}. */
    record SpecialOperand(String name) implements PtxOperand {}

    /**
     * A number.
     *
     * @param bits an integer, or the bits of a floating point number
     * @param isSingle whether it was written as 0f
     * @param isDouble whether it was written as 0d
     */
    record ImmediateOperand(long bits, boolean isSingle, boolean isDouble) implements PtxOperand {}

    /**
     * The address of a variable.
     *
     * @param variable its declaration
     * @param offset bytes behind it
     */
    record VariableOperand(PtxVariable variable, long offset) implements PtxOperand {}

    /**
     * Memory: {@code [register + offset]}, {@code [variable + offset]} or {@code [parameter + offset]}.
     *
     * @param base a register, a variable, or null for a parameter or an absolute address
     * @param parameter offset of the parameter in the parameter block, -1 when it is none
     * @param offset bytes
     */
    record MemoryOperand(PtxOperand base, int parameter, long offset) implements PtxOperand {}

    /** {@code {a, b, c, d}}. */
    record VectorOperand(List<PtxOperand> elements) implements PtxOperand {}

    /** {@code %p1|%p2}, two results. */
    record PairOperand(RegisterOperand first, RegisterOperand second) implements PtxOperand {}

    /** A place to branch to, by its index in the code. */
    record LabelOperand(String name) implements PtxOperand {}

    /** {@code _}, a result that nobody wants. */
    record SinkOperand() implements PtxOperand {}
}
