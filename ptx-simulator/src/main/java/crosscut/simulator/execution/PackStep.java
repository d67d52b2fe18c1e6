package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxOperand;
import crosscut.simulator.program.PtxType;
import java.util.List;

/** {@code mov} that joins registers to a larger one, or takes one apart. */
final class PackStep {

    private PackStep() {
    }

    /** The step of a mov with a vector operand, or null when it has none. */
    static Step find(PtxInstruction instruction, Operands operands) {
        boolean wide = instruction.type() == PtxType.B64;
        if (instruction.operand(1) instanceof PtxOperand.VectorOperand(List<PtxOperand> parts)) {
            return pack(instruction, operands, parts, wide);
        }
        if (instruction.operand(0) instanceof PtxOperand.VectorOperand(List<PtxOperand> parts)) {
            return unpack(instruction, operands, parts, wide);
        }
        return null;
    }

    private static Step pack(PtxInstruction instruction, Operands operands, List<PtxOperand> parts, boolean wide) {
        int bits = (wide ? Long.SIZE : Integer.SIZE) / parts.size();
        int[] sources = parts.stream().mapToInt(part -> operands.source(instruction, part, false)).toArray();
        int target = Operands.result(instruction, instruction.operand(0), wide);
        return new RunStep(instruction, (warp, mask) -> {
            for (int rest = mask; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long value = 0;
                for (int index = 0; index < sources.length; index++) {
                    value |= (warp.words[sources[index] + lane] & (1L << bits) - 1) << index * bits;
                }
                if (wide) {
                    warp.longs[target + lane] = value;
                } else {
                    warp.words[target + lane] = (int) value;
                }
            }
        });
    }

    private static Step unpack(PtxInstruction instruction, Operands operands, List<PtxOperand> parts, boolean wide) {
        int bits = (wide ? Long.SIZE : Integer.SIZE) / parts.size();
        int source = operands.source(instruction, instruction.operand(1), wide);
        int[] targets = parts.stream().mapToInt(part -> Operands.result(instruction, part, false)).toArray();
        return new RunStep(instruction, (warp, mask) -> {
            for (int rest = mask; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long value = wide ? warp.longs[source + lane] : warp.words[source + lane];
                for (int index = 0; index < targets.length; index++) {
                    warp.words[targets[index] + lane] = (int) (value >>> index * bits & (1L << bits) - 1);
                }
            }
        });
    }
}
