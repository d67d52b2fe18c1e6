package crosscut.simulator.execution;

import crosscut.simulator.check.SimulatorFault;
import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.SimulatedMemory;
import crosscut.simulator.program.PtxInstruction;
import java.util.Arrays;

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
    private long address(Warp warp, int lane) {
        long register = base < 0 ? 0 : wideBase ? warp.longs[base + lane] : warp.words[base + lane] & 0xFFFFFFFFL;
        return register + offset + space.window();
    }

    /** Accesses by all lanes together where one allocation takes them all, lane by lane otherwise. */
    @Override
    final void run(Warp warp, int mask) {
        long[] addresses = warp.addresses;
        if ((mask & mask - 1) != 0) {
            addresses(warp, addresses);
            Allocation common = common(warp, mask, addresses);
            if (common != null) {
                access(warp, mask, common);
                return;
            }
        }
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            addresses[lane] = address(warp, lane);
            access(warp, 1 << lane, checked(warp, lane, addresses[lane]));
        }
    }

    private void addresses(Warp warp, long[] addresses) {
        long start = offset + space.window();
        if (base < 0) {
            Arrays.fill(addresses, start);
        } else if (wideBase) {
            for (int lane = 0; lane < Warp.LANES; lane++) {
                addresses[lane] = warp.longs[base + lane] + start;
            }
        } else {
            for (int lane = 0; lane < Warp.LANES; lane++) {
                addresses[lane] = (warp.words[base + lane] & 0xFFFFFFFFL) + start;
            }
        }
    }

    /** The allocation in which the accesses of all lanes lie, whole and aligned; null when there is none, or each lane has its own. */
    private Allocation common(Warp warp, int mask, long[] addresses) {
        long first = addresses[Integer.numberOfTrailingZeros(mask)];
        for (int rest = ~mask; rest != 0; rest &= rest - 1) {
            addresses[Integer.numberOfTrailingZeros(rest)] = first;
        }
        long differences = 0;
        long largest = first;
        for (int lane = 0; lane < Warp.LANES; lane++) {
            differences |= addresses[lane] ^ first;
            largest = Math.max(largest, addresses[lane]);
        }
        Allocation allocation = differences >>> SimulatedMemory.OFFSET_BITS == 0 ? warp.findForAll(first) : null;
        boolean isAligned = ((first | differences) & byteSize - 1) == 0;
        return allocation != null && isAligned && SimulatedMemory.offset(largest) + byteSize <= allocation.byteSize() ? allocation : null;
    }

    /** Does the work for lanes whose places, {@link Warp#addresses}, are known to be good. */
    abstract void access(Warp warp, int mask, Allocation allocation);

    /** The allocation that a lane's address lies in, after checking bounds and alignment of the whole access. */
    private Allocation checked(Warp warp, int lane, long address) {
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

    final int byteSize() {
        return byteSize;
    }

    /** For messages: read, write. */
    abstract String access();
}
