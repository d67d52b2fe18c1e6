package crosscut.simulator.execution;

import crosscut.simulator.check.SimulatorFault;
import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.SimulatedMemory;
import crosscut.simulator.program.PtxInstruction;

/** An instruction that touches memory: where, in which space, how many bytes. */
abstract class MemoryAccess extends Step {

    private final AddressSpace space;
    private final int base;
    private final boolean wideBase;
    private final long offset;
    private final int byteSize;

    /**
     * Where an instruction reaches.
     *
     * @param place how its address is made
     * @param byteSize bytes of one lane's access; its address must be a multiple of it
     */
    MemoryAccess(PtxInstruction instruction, Address place, int byteSize) {
        super(instruction);
        this.space = place.space();
        this.base = place.base();
        this.wideBase = place.wideBase();
        this.offset = place.offset();
        this.byteSize = byteSize;
    }

    /**
     * How an address is made.
     *
     * @param space what the sum means
     * @param base place of the register, -1 for none
     * @param wideBase whether it has 64 bits
     * @param offset what is added
     */
    record Address(AddressSpace space, int base, boolean wideBase, long offset) {}

    /** The generic address of a lane. */
    final long address(Warp warp, int lane) {
        long register = base < 0 ? 0 : wideBase ? warp.longs[base + lane] : warp.words[base + lane] & 0xFFFFFFFFL;
        return register + offset + space.window();
    }

    /** The allocation that a lane's address lies in, after checking bounds and alignment of the whole access. */
    final Allocation checked(Warp warp, int lane, long address) {
        Allocation allocation = warp.find(this, lane, address);
        long at = SimulatedMemory.offset(address);
        if (at + byteSize > allocation.byteSize()) {
            throw warp.fault(SimulatorFault.Kind.ADDRESS, this, lane, access() + " of " + byteSize + " bytes at byte " + at + " of " + allocation);
        }
        if ((at & byteSize - 1) != 0) {
            throw warp.fault(SimulatorFault.Kind.MISALIGNED, this, lane,
                    "misaligned " + access() + " of " + byteSize + " bytes at byte " + at + " of " + allocation);
        }
        return allocation;
    }

    /**
     * Where lane 0 starts, as a host address, when all 32 lanes access what lies next to each other in one allocation: the usual case, which then needs one
     * check for all. 0 in all other cases, faults included.
     */
    final long neighbours(Warp warp) {
        if (!wideBase || base < 0 || space != AddressSpace.GENERIC) {
            return 0;
        }
        long[] longs = warp.longs;
        long first = longs[base];
        long strays = 0;
        for (int lane = 1; lane < Warp.LANES; lane++) {
            strays |= longs[base + lane] - first - (long) lane * byteSize;
        }
        long address = first + offset;
        Allocation allocation = strays != 0 ? null : warp.lastFound(address);
        long at = SimulatedMemory.offset(address);
        boolean inside = allocation != null && (at & byteSize - 1) == 0 && at + (long) Warp.LANES * byteSize <= allocation.byteSize();
        return inside ? allocation.hostAddress() + at : 0;
    }

    final int byteSize() {
        return byteSize;
    }

    /** For messages: read, write. */
    abstract String access();
}
