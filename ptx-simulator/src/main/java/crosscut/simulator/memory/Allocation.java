package crosscut.simulator.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One allocation: host memory behind a range of device addresses, and what is known about its bytes. */
public final class Allocation {

    private final String label;
    private final long address;
    private final long byteSize;
    private final long hostShift;
    private final MemorySegment segment;
    private final Arena arena;
    private final WriteMap written;
    private final AccessMap accesses;

    /**
     * Joins memory and address.
     *
     * @param arena closed when it is freed, or null for memory of somebody else
     * @param written which bytes have been written, or null when that is not watched
     * @param accesses who touched what, or null when that is not watched
     */
    Allocation(String label, long address, MemorySegment segment, Arena arena, WriteMap written, AccessMap accesses) {
        this.label = label;
        this.address = address;
        this.byteSize = segment.byteSize();
        this.hostShift = segment.address() - address;
        this.segment = segment;
        this.arena = arena;
        this.written = written;
        this.accesses = accesses;
    }

    /** What it is for, as whoever allocated it said. */
    public String label() {
        return label;
    }

    /** Device address of its first byte. */
    public long address() {
        return address;
    }

    public long byteSize() {
        return byteSize;
    }

    /** True for memory that the host registered. */
    public boolean isHost() {
        return arena == null;
    }

    /** What a device address in it is to be moved by to become the host's. */
    public long hostShift() {
        return hostShift;
    }

    /** Makes scratch memory new again: filled with the pattern, written and touched by nobody. */
    public void renew() {
        segment.fill(SimulatedMemory.POISON);
        if (written != null) {
            written.clear();
        }
        if (accesses != null) {
            accesses.reset();
        }
    }

    MemorySegment segment() {
        return segment;
    }

    /** Notes a write of 1 to 16 bytes at a multiple of that size. */
    public void markWritten(long offset, int bytes) {
        if (written != null) {
            written.write(offset, bytes);
        }
    }

    /** False when one of 1 to 16 bytes at a multiple of that size was never written and that is watched. */
    public boolean isWritten(long offset, int bytes) {
        return written == null || written.isWritten(offset, bytes);
    }

    void markWritten(long offset, long bytes) {
        if (written != null) {
            written.write(offset, bytes);
        }
    }

    /** Offset of the first byte that was never written, or -1. */
    long firstUnwritten(long offset, long bytes) {
        return written == null ? -1 : written.firstUnwritten(offset, bytes);
    }

    /** Who touched what, or null when that is not watched. */
    public AccessMap accesses() {
        return accesses;
    }

    /** What it holds now. */
    public AllocationImage image() {
        return new AllocationImage(address, label, segment.toArray(ValueLayout.JAVA_BYTE), written == null ? null : written.copy());
    }

    void free() {
        if (arena != null) {
            arena.close();
        }
    }

    @Override
    public String toString() {
        return label + " (" + byteSize + " bytes)";
    }
}
