package crosscut.simulator.execution;

import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.RawMemory;
import crosscut.simulator.memory.SimulatedMemory;
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
    void run(Warp warp, int mask) {
        long neighbours = mask == Warp.ALL && !warp.isChecked() ? neighbours(warp) : 0;
        if (neighbours != 0) {
            storeNeighbours(warp, neighbours);
            return;
        }
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = warp.nextLane(rest);
            long address = address(warp, lane);
            Allocation allocation = checked(warp, lane, address);
            long offset = SimulatedMemory.offset(address);
            if (warp.isChecked()) {
                warp.checkWrite(this, lane, allocation, offset);
            }
            long at = allocation.hostAddress() + offset;
            for (int element = 0; element < sources.length; element++) {
                put(at, wide[element] ? warp.longs[sources[element] + lane] : warp.words[sources[element] + lane]);
                at += elementBytes;
            }
        }
    }

    private void storeNeighbours(Warp warp, long first) {
        for (int element = 0; element < sources.length; element++) {
            long at = first + (long) element * elementBytes;
            int source = sources[element];
            if (elementBytes == Integer.BYTES && !wide[element]) {
                for (int lane = 0; lane < Warp.LANES; lane++) {
                    RawMemory.putInt(at + (long) lane * byteSize(), warp.words[source + lane]);
                }
            } else {
                for (int lane = 0; lane < Warp.LANES; lane++) {
                    put(at + (long) lane * byteSize(), wide[element] ? warp.longs[source + lane] : warp.words[source + lane]);
                }
            }
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
