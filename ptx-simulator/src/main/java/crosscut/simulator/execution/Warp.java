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

    private final Executable executable;
    private final BlockRun block;
    private final int firstThread;
    private final int[] times = new int[LANES];
    private Allocation last;
    private long lastNumber = -1;

    /** The warp whose lane 0 is thread {@code firstThread} of the block; registers hold zeros and, where operands are constants, those. */
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
        block.specials().fill(words, operands.specials(), firstThread);
    }

    /** Number of a lane's thread in its block. */
    int thread(int lane) {
        return firstThread + lane;
    }

    /** Host address of the launch's parameters. */
    long parameters() {
        return block.parameters();
    }

    /** The lane to take next of those that are left; always the lowest. */
    int nextLane(int rest) {
        return Integer.numberOfTrailingZeros(rest);
    }

    void setWords(int target, int mask, int value) {
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            words[target + Integer.numberOfTrailingZeros(rest)] = value;
        }
    }

    void setPredicate(int predicate, int mask, int value) {
        predicates[predicate] = predicates[predicate] & ~mask | value & mask;
    }

    /** The allocation that an address belongs to. */
    Allocation find(MemoryAccess step, int lane, long address) {
        long number = address >>> SimulatedMemory.OFFSET_BITS;
        if (number == lastNumber) {
            return last;
        }
        if (number == AddressSpace.LOCAL.window() >>> SimulatedMemory.OFFSET_BITS) {
            return block.local(thread(lane));
        }
        Allocation found;
        if (number == AddressSpace.SHARED.window() >>> SimulatedMemory.OFFSET_BITS) {
            found = block.shared();
        } else {
            try {
                found = block.memory().find(address);
            } catch (SimulatorFault fault) {
                throw fault(SimulatorFault.Kind.ADDRESS, step, lane, step.access() + ": " + fault.getMessage());
            }
        }
        last = found;
        lastNumber = number;
        return found;
    }

    /** The allocation of the newest {@link #find} when the address belongs to it, else null. */
    Allocation lastFound(long address) {
        return address >>> SimulatedMemory.OFFSET_BITS == lastNumber ? last : null;
    }

    boolean isChecked() {
        return block.check() != null;
    }

    void checkRead(LoadStep step, int lane, Allocation allocation, long offset) {
        requireVariable(step, lane, allocation, offset);
        block.check().read(this, step, lane, allocation, offset);
    }

    void checkWrite(StoreStep step, int lane, Allocation allocation, long offset) {
        requireVariable(step, lane, allocation, offset);
        block.check().write(this, step, lane, allocation, offset);
    }

    void checkAtomic(AtomicStep step, int lane, Allocation allocation, long offset, long address) {
        requireVariable(step, lane, allocation, offset);
        block.check().atomic(this, step, lane, allocation, offset, address);
    }

    /** Shared memory has gaps between its variables. */
    private void requireVariable(MemoryAccess step, int lane, Allocation allocation, long offset) {
        if (allocation == block.shared() && block.isGap(offset, step.byteSize())) {
            throw fault(SimulatorFault.Kind.ADDRESS, step, lane,
                    step.access() + " of " + step.byteSize() + " bytes at byte " + offset + " of shared memory, past the end of a variable");
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
        return Arrays.stream(times).max().orElse(0);
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
