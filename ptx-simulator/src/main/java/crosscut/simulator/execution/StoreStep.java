package crosscut.simulator.execution;

import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.RawMemory;
import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxType;

/** {@code st}: one to four neighbouring values per lane. */
final class StoreStep extends MemoryAccess {

    private final int elementBytes;
    private final boolean[] wide;
    private final int[] sources;

    StoreStep(PtxInstruction instruction, Address place, PtxType type, int[] sources, boolean[] wide) {
        super(instruction, place, type.byteSize() * sources.length);
        this.elementBytes = type.byteSize();
        this.sources = sources;
        this.wide = wide;
    }

    @Override
    String access() {
        return "write";
    }

    @Override
    void access(Warp warp, int mask, Allocation allocation) {
        if (warp.isChecked()) {
            warp.checkWrite(this, mask, allocation);
        }
        for (int element = 0; element < sources.length; element++) {
            int source = sources[element];
            long shift = allocation.hostShift() + (long) element * elementBytes;
            if (mask == Warp.ALL && elementBytes == Integer.BYTES && !wide[element]) {
                for (int lane = 0; lane < Warp.LANES; lane++) {
                    RawMemory.putInt(warp.addresses[lane] + shift, warp.words[source + lane]);
                }
            } else {
                store(warp, mask, source, wide[element], shift);
            }
        }
    }

    private void store(Warp warp, int mask, int source, boolean isWide, long shift) {
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            put(warp.addresses[lane] + shift, isWide ? warp.longs[source + lane] : warp.words[source + lane]);
        }
    }

    private void put(long at, long value) {
        switch (elementBytes) {
            case Byte.BYTES -> RawMemory.putByte(at, (byte) value);
            case Short.BYTES -> RawMemory.putShort(at, (short) value);
            case Integer.BYTES -> RawMemory.putInt(at, (int) value);
            default -> RawMemory.putLong(at, value);
        }
    }
}
