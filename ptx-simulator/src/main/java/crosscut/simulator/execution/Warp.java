package crosscut.simulator.execution;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.check.Place;
import crosscut.simulator.check.SimulatorFault;
import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.SimulatedMemory;
import crosscut.simulator.program.PtxInstruction;
import java.util.Arrays;

/**
 * 32 lanes with their registers. The arrays hold the lanes of a register next to each other; predicates are one bit per lane. Who runs when is
 * {@link WarpSchedule}'s affair.
 */
final class Warp {

    static final int LANES = 32;

    /** All lanes. */
    static final int ALL = -1;

    /** Registers of up to 32 bits. */
    final int[] words;

    /** 64-bit registers. */
    final long[] longs;

    /** Predicates. */
    final int[] predicates;

    /** Where in memory the lanes' accesses of the current step are. */
    final long[] addresses = new long[LANES];

    private final Executable executable;
    private final BlockRun block;
    private final int firstThread;
    private final int[] times = new int[LANES];

    /** The warp whose lane 0 is thread {@code firstThread} of its blocks. What registers hold at the start of a block is, as on a GPU, not defined. */
    Warp(Executable executable, BlockRun block, int firstThread) {
        this.executable = executable;
        this.block = block;
        this.firstThread = firstThread;
        Operands operands = executable.operands();
        words = new int[operands.wordLength()];
        longs = new long[operands.longLength()];
        predicates = new int[Math.max(1, executable.kernel().predicateRegisters())];
        operands.wordConstants().forEach((value, place) -> Arrays.fill(words, place, place + LANES, value));
        operands.longConstants().forEach((value, place) -> Arrays.fill(longs, place, place + LANES, value));
        block.specials().fillThreads(words, operands.specials(), firstThread);
    }

    /** The start of another block. */
    void start() {
        block.specials().fillBlock(words, executable.operands().specials(), block.number());
        setTimes(0);
    }

    /** Number of a lane's thread in its block. */
    int thread(int lane) {
        return firstThread + lane;
    }

    /** Host address of the launch's parameters. */
    long parameters() {
        return block.parameters();
    }

    void setWords(int target, int mask, int value) {
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            words[target + Integer.numberOfTrailingZeros(rest)] = value;
        }
    }

    void setPredicate(int predicate, int mask, int value) {
        predicates[predicate] = predicates[predicate] & ~mask | value & mask;
    }

    /** The allocation that a lane's address belongs to. */
    Allocation find(MemoryAccess step, int lane, long address) {
        if (isIn(AddressSpace.LOCAL, address)) {
            return block.local(thread(lane));
        }
        Allocation found = findForAll(address);
        if (found == null) {
            try {
                found = block.memory().find(address);
            } catch (SimulatorFault fault) {
                throw fault(SimulatorFault.Kind.ADDRESS, step, lane, step.access() + ": " + fault.getMessage());
            }
        }
        return found;
    }

    /** The allocation that an address belongs to for all lanes alike, or null. */
    Allocation findForAll(long address) {
        if (isIn(AddressSpace.SHARED, address)) {
            return block.shared();
        }
        return isIn(AddressSpace.LOCAL, address) ? null : block.memory().findOrNull(address);
    }

    private static boolean isIn(AddressSpace space, long address) {
        return (address ^ space.window()) >>> SimulatedMemory.OFFSET_BITS == 0;
    }

    boolean isChecked() {
        return block.check() != null;
    }

    void checkRead(LoadStep step, int mask, Allocation allocation) {
        requireVariable(step, mask, allocation);
        block.check().read(this, step, mask, allocation);
    }

    void checkWrite(StoreStep step, int mask, Allocation allocation) {
        requireVariable(step, mask, allocation);
        block.check().write(this, step, mask, allocation);
    }

    void checkAtomic(AtomicStep step, int mask, Allocation allocation) {
        requireVariable(step, mask, allocation);
        block.check().atomic(this, step, mask, allocation);
    }

    /** Shared memory has gaps between its variables. */
    private void requireVariable(MemoryAccess step, int mask, Allocation allocation) {
        if (allocation != block.shared()) {
            return;
        }
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            long offset = SimulatedMemory.offset(addresses[lane]);
            if (block.isGap(offset, step.byteSize())) {
                throw fault(SimulatorFault.Kind.ADDRESS, step, lane, step.access() + " of " + step.byteSize() + " bytes at byte " + offset
                        + " of shared memory, past the end of a variable");
            }
        }
    }

    void fence() {
        if (block.check() != null) {
            block.check().fence();
        }
    }

    /** Barriers that a lane has passed. */
    int time(int lane) {
        return times[lane];
    }

    /** What these lanes do from now on comes after what any of them has done. */
    void orderLanes(int mask) {
        int latest = 0;
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            latest = Math.max(latest, times[Integer.numberOfTrailingZeros(rest)]);
        }
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            times[Integer.numberOfTrailingZeros(rest)] = latest + 1;
        }
    }

    int latestTime() {
        int latest = 0;
        for (int time : times) {
            latest = Math.max(latest, time);
        }
        return latest;
    }

    void setTimes(int time) {
        Arrays.fill(times, time);
    }

    String describe(int step) {
        return executable.describe(step);
    }

    /** Reports something that a launch survives. */
    void report(FindingKind kind, PtxInstruction instruction, int lane, String text) {
        block.findings().add(kind, place(instruction, lane), text);
    }

    /** What ends the launch. */
    SimulatorFault fault(SimulatorFault.Kind kind, Step step, int lane, String problem) {
        return new SimulatorFault(kind, place(step.instruction(), lane), problem);
    }

    private Place place(PtxInstruction instruction, int lane) {
        return Place.of(executable.kernel().name(), instruction, block.number(), thread(lane));
    }
}
