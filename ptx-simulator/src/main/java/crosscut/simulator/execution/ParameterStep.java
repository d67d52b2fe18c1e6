package crosscut.simulator.execution;

import crosscut.simulator.memory.RawMemory;
import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxType;

/** {@code ld.param}: a value that all lanes of all blocks share. */
final class ParameterStep extends Step {

    private final PtxType type;
    private final long offset;
    private final int[] targets;
    private final boolean[] wide;

    ParameterStep(PtxInstruction instruction, PtxType type, long offset, int[] targets, boolean[] wide) {
        super(instruction);
        this.type = type;
        this.offset = offset;
        this.targets = targets;
        this.wide = wide;
    }

    @Override
    void run(Warp warp, int mask) {
        for (int element = 0; element < targets.length; element++) {
            long value = value(warp.parameters() + offset + (long) element * type.byteSize());
            for (int rest = mask; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                if (wide[element]) {
                    warp.longs[targets[element] + lane] = value;
                } else {
                    warp.words[targets[element] + lane] = (int) value;
                }
            }
        }
    }

    private long value(long at) {
        return switch (type.byteSize()) {
            case Byte.BYTES -> type.isSigned() ? RawMemory.getByte(at) : RawMemory.getByte(at) & 0xFF;
            case Short.BYTES -> type.isSigned() ? RawMemory.getShort(at) : RawMemory.getShort(at) & 0xFFFF;
            case Integer.BYTES -> type.isSigned() ? RawMemory.getInt(at) : RawMemory.getInt(at) & 0xFFFFFFFFL;
            default -> RawMemory.getLong(at);
        };
    }
}
