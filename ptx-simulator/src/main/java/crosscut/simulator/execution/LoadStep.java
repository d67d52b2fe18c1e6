package crosscut.simulator.execution;

import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.RawMemory;
import crosscut.simulator.memory.SimulatedMemory;
import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxType;

/** {@code ld}: one to four neighbouring values per lane. */
final class LoadStep extends MemoryAccess {

    private final int elementBytes;
    private final boolean signed;
    private final boolean[] wide;
    private final int[] targets;

    /**
     * A load.
     *
     * @param targets place of the register of each value, {@link Executable#SCRATCH} for none
     * @param wide whether it has 64 bits
     */
    LoadStep(PtxInstruction instruction, Address place, PtxType type, int[] targets, boolean[] wide) {
        super(instruction, place, type.byteSize() * targets.length);
        this.elementBytes = type.byteSize();
        this.signed = type.isSigned();
        this.targets = targets;
        this.wide = wide;
    }

    @Override
    String access() {
        return "read";
    }

    @Override
    void run(Warp warp, int mask) {
        long neighbours = mask == Warp.ALL && !warp.isChecked() ? neighbours(warp) : 0;
        if (neighbours != 0) {
            loadNeighbours(warp, neighbours);
            return;
        }
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = warp.nextLane(rest);
            long address = address(warp, lane);
            Allocation allocation = checked(warp, lane, address);
            long offset = SimulatedMemory.offset(address);
            if (warp.isChecked()) {
                warp.checkRead(this, lane, allocation, offset);
            }
            long at = allocation.hostAddress() + offset;
            for (int element = 0; element < targets.length; element++) {
                if (wide[element]) {
                    warp.longs[targets[element] + lane] = value(at);
                } else {
                    warp.words[targets[element] + lane] = (int) value(at);
                }
                at += elementBytes;
            }
        }
    }

    private void loadNeighbours(Warp warp, long first) {
        for (int element = 0; element < targets.length; element++) {
            long at = first + (long) element * elementBytes;
            int target = targets[element];
            if (elementBytes == Integer.BYTES && !wide[element]) {
                for (int lane = 0; lane < Warp.LANES; lane++) {
                    warp.words[target + lane] = RawMemory.getInt(at + (long) lane * byteSize());
                }
            } else if (wide[element]) {
                for (int lane = 0; lane < Warp.LANES; lane++) {
                    warp.longs[target + lane] = value(at + (long) lane * byteSize());
                }
            } else {
                for (int lane = 0; lane < Warp.LANES; lane++) {
                    warp.words[target + lane] = (int) value(at + (long) lane * byteSize());
                }
            }
        }
    }

    private long value(long at) {
        return switch (elementBytes) {
            case Byte.BYTES -> signed ? RawMemory.getByte(at) : RawMemory.getByte(at) & 0xFF;
            case Short.BYTES -> signed ? RawMemory.getShort(at) : RawMemory.getShort(at) & 0xFFFF;
            case Integer.BYTES -> signed ? RawMemory.getInt(at) : RawMemory.getInt(at) & 0xFFFFFFFFL;
            default -> RawMemory.getLong(at);
        };
    }
}
