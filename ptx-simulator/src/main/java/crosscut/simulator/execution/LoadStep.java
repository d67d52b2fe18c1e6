package crosscut.simulator.execution;

import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.RawMemory;
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
    void access(Warp warp, int mask, Allocation allocation) {
        if (warp.isChecked()) {
            warp.checkRead(this, mask, allocation);
        }
        for (int element = 0; element < targets.length; element++) {
            long shift = allocation.hostShift() + (long) element * elementBytes;
            if (mask != Warp.ALL || !loadAll(warp.words, warp.longs, warp.addresses, targets[element], wide[element], shift)) {
                load(warp, mask, targets[element], wide[element], shift);
            }
        }
    }

    /** Loads a value for every lane; false when it is of a kind that is too rare for a loop of its own. */
    private boolean loadAll(int[] words, long[] longs, long[] addresses, int target, boolean isWide, long shift) {
        if (elementBytes == Integer.BYTES && !isWide) {
            for (int lane = 0; lane < Warp.LANES; lane++) {
                words[target + lane] = RawMemory.getInt(addresses[lane] + shift);
            }
        } else if (elementBytes == Long.BYTES && isWide) {
            for (int lane = 0; lane < Warp.LANES; lane++) {
                longs[target + lane] = RawMemory.getLong(addresses[lane] + shift);
            }
        } else if (elementBytes == Short.BYTES && !isWide && !signed) {
            for (int lane = 0; lane < Warp.LANES; lane++) {
                words[target + lane] = RawMemory.getShort(addresses[lane] + shift) & 0xFFFF;
            }
        } else {
            return false;
        }
        return true;
    }

    private void load(Warp warp, int mask, int target, boolean isWide, long shift) {
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            long value = value(warp.addresses[lane] + shift);
            if (isWide) {
                warp.longs[target + lane] = value;
            } else {
                warp.words[target + lane] = (int) value;
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
