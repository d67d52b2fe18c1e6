package crosscut.simulator.program;

import java.util.List;

/**
 * One instruction.
 *
 * @param opcode the first part: {@code ld} of ld.global.v4.f32
 * @param modifiers the other parts in order, without dots
 * @param operands in the order of the text, results first
 * @param guard the predicate it is executed under, or null
 * @param line line of the PTX text
 * @param source line of the program, or null where the text does not say
 */
public record PtxInstruction(
        String opcode, List<String> modifiers, List<PtxOperand> operands, PtxOperand.RegisterOperand guard, int line, SourceLine source) {

    /** The whole form: {@code ld.global.v4.f32}. */
    public String form() {
        return modifiers.isEmpty() ? opcode : opcode + "." + String.join(".", modifiers);
    }

    public boolean has(String modifier) {
        return modifiers.contains(modifier);
    }

    /** The last type among the modifiers; for cvt that is the source's. */
    public PtxType type() {
        for (int index = modifiers.size() - 1; index >= 0; index--) {
            PtxType type = PtxType.ofSuffix(modifiers.get(index));
            if (type != null) {
                return type;
            }
        }
        throw unsupported();
    }

    /** The first type among the modifiers; for cvt that is the result's. */
    public PtxType firstType() {
        return modifiers.stream().map(PtxType::ofSuffix).filter(type -> type != null).findFirst().orElseThrow(this::unsupported);
    }

    public PtxOperand operand(int index) {
        if (index >= operands.size()) {
            throw new PtxSyntaxException(line, form() + " has " + operands.size() + " operands");
        }
        return operands.get(index);
    }

    /** For whoever cannot execute it. */
    public PtxSyntaxException unsupported() {
        return new PtxSyntaxException(line, "the simulator does not execute '" + form() + "' with " + operands.size() + " operands");
    }
}
