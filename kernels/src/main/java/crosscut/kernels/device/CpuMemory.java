package crosscut.kernels.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One allocation outside the Java heap with an arena of its own. */
final class CpuMemory implements DeviceMemory {

    private final String owner;
    private final Arena arena;
    private final MemorySegment segment;
    private final MemoryBudget budget;
    private boolean closed;

    CpuMemory(String owner, Arena arena, MemorySegment segment, MemoryBudget budget) {
        this.owner = owner;
        this.arena = arena;
        this.segment = segment;
        this.budget = budget;
    }

    @Override
    public String owner() {
        return owner;
    }

    @Override
    public long byteSize() {
        return segment.byteSize();
    }

    @Override
    public long address() {
        return segment.address();
    }

    @Override
    public MemorySegment hostSegment() {
        return segment;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            arena.close();
            budget.release(segment.byteSize());
        }
    }
}
