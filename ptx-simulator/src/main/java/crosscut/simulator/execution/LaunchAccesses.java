package crosscut.simulator.execution;

import crosscut.simulator.memory.AccessMap;
import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.SimulatedMemory;

/** What a launch that was watched has read and written in global memory. */
public final class LaunchAccesses {

    private final SimulatedMemory memory;
    private final long launch;

    /** The accesses of the launch of that number, which is the last one. */
    public LaunchAccesses(SimulatedMemory memory, long launch) {
        this.memory = memory;
        this.launch = launch % AccessCheck.LAUNCHES;
    }

    /** Takes ranges of memory. */
    public interface Visitor {

        /** {@code bytes} from {@code address} on were read, or written. */
        void visit(long address, long bytes, boolean isWrite);
    }

    /** Gives every range of bytes that the launch read or wrote; single bytes that were written are left out, since they are not watched. */
    public void forEach(Visitor visitor) {
        for (Allocation allocation : memory.all()) {
            if (allocation.accesses() != null) {
                allocation.accesses().forEachChunk(launch, (offset, chunk) -> {
                    visitRuns(allocation.address() + offset, chunk.readers, false, visitor);
                    visitRuns(allocation.address() + offset, chunk.writers, true, visitor);
                });
            }
        }
    }

    private void visitRuns(long address, long[] records, boolean isWrite, Visitor visitor) {
        int start = -1;
        for (int index = 0; index <= records.length; index++) {
            boolean touched = index < records.length && AccessCheck.isOf(launch, records[index]);
            if (touched && start < 0) {
                start = index;
            } else if (!touched && start >= 0) {
                visitor.visit(address + (long) start * AccessMap.GRANULE, (long) (index - start) * AccessMap.GRANULE, isWrite);
                start = -1;
            }
        }
    }
}
