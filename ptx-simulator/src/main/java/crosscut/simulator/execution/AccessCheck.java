package crosscut.simulator.execution;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.memory.AccessMap;
import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.SimulatedMemory;
import java.util.BitSet;

/**
 * Watches what one block reads and writes: memory that nothing wrote, and races. Two accesses of which one is a plain write race unless something orders them:
 * a barrier of the block, a barrier of the warp for lanes of one warp, or, between blocks, an atomic update of one word after a memory fence
 * ({@link BlockOrder}).
 *
 * <p>A record of 64 bits says who accessed: launch (14 bits), block (22), time (16), thread (10), flags (2). A thread's time is the number of barriers it has
 * passed.
 */
final class AccessCheck {

    private static final int FLAG_BITS = 2;
    private static final int THREAD_BITS = 10;
    private static final int TIME_BITS = 16;
    private static final int BLOCK_BITS = 22;
    private static final int THREAD_SHIFT = FLAG_BITS;
    private static final int TIME_SHIFT = THREAD_SHIFT + THREAD_BITS;
    private static final int BLOCK_SHIFT = TIME_SHIFT + TIME_BITS;
    private static final int LAUNCH_SHIFT = BLOCK_SHIFT + BLOCK_BITS;

    /** Launches after which a record's launch number would come again. */
    static final int LAUNCHES = 1 << Long.SIZE - LAUNCH_SHIFT;

    private static final long ATOMIC = 1;
    private static final long SEVERAL = 1;
    private static final long SEVERAL_BLOCKS = 2;
    private static final int WARP_SHIFT = 5;

    private final long launch;
    private final BlockRun block;
    private final BlockOrder order;
    private final BitSet known;
    private final long ownRecord;
    private boolean fenced;

    AccessCheck(long launch, BlockRun block, BlockOrder order) {
        this.launch = launch % LAUNCHES;
        this.block = block;
        this.order = order;
        this.known = new BitSet();
        this.ownRecord = this.launch << LAUNCH_SHIFT | (long) block.number() << BLOCK_SHIFT;
    }

    /** Whether a record is of the launch of that number. */
    static boolean isOf(long launch, long record) {
        return record != 0 && record >>> LAUNCH_SHIFT == launch % LAUNCHES;
    }

    private static int thread(long record) {
        return (int) (record >>> THREAD_SHIFT) & (1 << THREAD_BITS) - 1;
    }

    private static int time(long record) {
        return (int) (record >>> TIME_SHIFT) & (1 << TIME_BITS) - 1;
    }

    private static int block(long record) {
        return (int) (record >>> BLOCK_SHIFT) & (1 << BLOCK_BITS) - 1;
    }

    private long record(Warp warp, int lane, long flags) {
        return ownRecord | (long) (warp.time(lane) & (1 << TIME_BITS) - 1) << TIME_SHIFT | (long) warp.thread(lane) << THREAD_SHIFT | flags;
    }

    private boolean isOfThisLaunch(long record) {
        return record >>> LAUNCH_SHIFT == launch;
    }

    /** True when the record is of this launch and nothing orders it before what the lane does now. */
    private boolean races(Warp warp, int lane, long record) {
        if (!isOfThisLaunch(record)) {
            return false;
        }
        if (block(record) != block.number()) {
            return !known.get(block(record));
        }
        return thread(record) != warp.thread(lane) && !isOrdered(warp, lane, record);
    }

    private boolean isOrdered(Warp warp, int lane, long record) {
        return time(record) < block.barrierTime() || thread(record) >>> WARP_SHIFT == warp.thread(lane) >>> WARP_SHIFT && time(record) < warp.time(lane);
    }

    void read(Warp warp, MemoryAccess step, int mask, Allocation allocation) {
        boolean isWatched = step.byteSize() >= AccessMap.GRANULE;
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            long offset = SimulatedMemory.offset(warp.addresses[lane]);
            requireWritten(warp, step, lane, allocation, offset);
            if (allocation.accesses() == null) {
                continue;
            }
            AccessMap.Chunk chunk = allocation.accesses().chunk(offset, launch);
            int first = AccessMap.index(offset);
            int end = first + granules(step);
            for (int index = first; index < end; index++) {
                long writer = chunk.writers[index];
                if (isWatched && isOfThisLaunch(writer) && races(warp, lane, writer)) {
                    race(warp, step, lane, allocation, offset + byteOffset(index - first), writer, chunk.writeInstructions[index], "wrote");
                }
                long reader = chunk.readers[index];
                chunk.readers[index] = record(warp, lane, isOfThisLaunch(reader) ? readerFlags(warp, lane, reader) : 0);
                chunk.readInstructions[index] = step.index();
            }
        }
    }

    /** Records of an access, which is aligned and therefore never in two chunks. */
    private static int granules(MemoryAccess step) {
        return Math.ceilDiv(step.byteSize(), AccessMap.GRANULE);
    }

    private static long byteOffset(int granules) {
        return (long) granules * AccessMap.GRANULE;
    }

    /** Of several readers that nothing orders, one is kept, marked as one of several. */
    private long readerFlags(Warp warp, int lane, long before) {
        if (block(before) != block.number()) {
            return known.get(block(before)) ? 0 : SEVERAL_BLOCKS;
        }
        boolean several = time(before) >= block.barrierTime() && (thread(before) != warp.thread(lane) || (before & SEVERAL) != 0);
        return before & SEVERAL_BLOCKS | (several ? SEVERAL : 0);
    }

    void write(Warp warp, MemoryAccess step, int mask, Allocation allocation) {
        fenced = false;
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            long offset = SimulatedMemory.offset(warp.addresses[lane]);
            allocation.markWritten(offset, step.byteSize());
            note(warp, step, lane, allocation, offset, 0);
        }
    }

    void atomic(Warp warp, MemoryAccess step, int mask, Allocation allocation) {
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            long address = warp.addresses[lane];
            long offset = SimulatedMemory.offset(address);
            requireWritten(warp, step, lane, allocation, offset);
            note(warp, step, lane, allocation, offset, ATOMIC);
            if (fenced) {
                order.release(address, block.number(), known);
            }
            order.acquire(address, known);
        }
    }

    void fence() {
        fenced = true;
    }

    private void note(Warp warp, MemoryAccess step, int lane, Allocation allocation, long offset, long flags) {
        AccessMap accesses = allocation.accesses();
        if (accesses == null || step.byteSize() < AccessMap.GRANULE) {
            return;
        }
        AccessMap.Chunk chunk = accesses.chunk(offset, launch);
        int first = AccessMap.index(offset);
        int end = first + granules(step);
        for (int index = first; index < end; index++) {
            long writer = chunk.writers[index];
            if (isOfThisLaunch(writer) && races(warp, lane, writer) && (flags & writer & ATOMIC) == 0) {
                race(warp, step, lane, allocation, offset + byteOffset(index - first), writer, chunk.writeInstructions[index], "wrote");
            }
            long reader = chunk.readers[index];
            if (isOfThisLaunch(reader) && racesWithReaders(warp, lane, reader)) {
                race(warp, step, lane, allocation, offset + byteOffset(index - first), reader, chunk.readInstructions[index], "read");
            }
            if ((flags & ATOMIC) == 0 || !isOwnPlainWrite(warp, lane, writer)) {
                chunk.writers[index] = record(warp, lane, flags);
                chunk.writeInstructions[index] = step.index();
            }
        }
    }

    /** True when the lane itself stored there since its last barrier. Its atomic updates do not hide that: other threads' updates race with the store. */
    private boolean isOwnPlainWrite(Warp warp, int lane, long writer) {
        return isOfThisLaunch(writer) && (writer & ATOMIC) == 0 && block(writer) == block.number() && thread(writer) == warp.thread(lane)
                && time(writer) == warp.time(lane);
    }

    private boolean racesWithReaders(Warp warp, int lane, long reader) {
        if ((reader & SEVERAL_BLOCKS) != 0) {
            return true;
        }
        boolean several = block(reader) == block.number() && (reader & SEVERAL) != 0 && !isOrdered(warp, lane, reader);
        return several || races(warp, lane, reader);
    }

    private void race(Warp warp, MemoryAccess step, int lane, Allocation allocation, long at, long other, int otherStep, String verb) {
        warp.report(FindingKind.RACE, step.instruction(), lane, step.access() + " of byte " + at + " of " + allocation + ", which thread " + thread(other)
                + " of block " + block(other) + " " + verb + " at " + warp.describe(otherStep) + " with nothing that orders the two");
    }

    private static void requireWritten(Warp warp, MemoryAccess step, int lane, Allocation allocation, long offset) {
        if (!allocation.isWritten(offset, step.byteSize())) {
            warp.report(FindingKind.UNINITIALISED, step.instruction(), lane, "byte " + offset + " of " + allocation);
        }
    }
}
