package crosscut.simulator.memory;

import crosscut.bindings.linux.AnonymousMemory;
import crosscut.simulator.check.FindingKind;
import crosscut.simulator.check.FindingLog;
import crosscut.simulator.check.SimulatorFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The memory of the device. An address is {@code number of the allocation << 40 | offset}, numbers are never used again: an address that leaves its allocation
 * can never reach another one, and one of freed memory is known as such. Host calls are thread safe; kernels check their addresses through {@link #find}.
 */
public final class SimulatedMemory implements AutoCloseable {

    /** Bits of an address that are the offset in its allocation. */
    public static final int OFFSET_BITS = 40;

    private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;
    private static final long ALIGNMENT = 256;

    /** Freshly allocated memory is filled with this byte up to {@link #POISON_LIMIT}: as bf16 or fp32 it is a large number that spoils any result. */
    static final byte POISON = 0x7B;
    private static final long POISON_LIMIT = 64L << 20;

    private final boolean watched;
    private final FindingLog findings;
    private Allocation[] allocations = new Allocation[256];
    private int count = 1;

    /**
     * Empty memory.
     *
     * @param watched whether to note what was written and who touched what
     * @param findings where reads of unwritten memory by the host are reported
     */
    public SimulatedMemory(boolean watched, FindingLog findings) {
        this.watched = watched;
        this.findings = findings;
    }

    /** Device memory with undefined content. Its address is a multiple of 256. */
    public synchronized long allocate(long byteSize, String label) {
        Arena arena = Arena.ofShared();
        // Large memory is mapped, so that tables of many gigabytes cost only what is touched.
        boolean mapped = byteSize > POISON_LIMIT && AnonymousMemory.isSupported();
        MemorySegment segment = mapped ? AnonymousMemory.map(arena, byteSize) : arena.allocate(Math.max(byteSize, 1), ALIGNMENT).asSlice(0, byteSize);
        if (!mapped) {
            segment.fill(POISON);
        }
        return add(label, segment, arena, watched ? new WriteMap(byteSize) : null);
    }

    /**
     * Memory of a block or a thread: in an address window of its own, gone with the arena, never freed by itself; {@link Allocation#renew} starts its use.
     *
     * @param watched whether to note what was written and who touched what
     */
    public static Allocation scratch(Arena arena, String label, long address, int byteSize, int alignment, boolean watched) {
        MemorySegment segment = arena.allocate(byteSize, alignment);
        return new Allocation(label, address, segment, null, watched ? new WriteMap(byteSize) : null, watched ? new AccessMap(byteSize) : null);
    }

    /** Forgets who touched what. */
    public synchronized void forgetAccesses() {
        for (int number = 1; number < count; number++) {
            if (allocations[number] != null && allocations[number].accesses() != null) {
                allocations[number].accesses().clear();
            }
        }
    }

    /** Makes memory of the host visible to kernels until {@link #unregister}; all of it counts as written. */
    public synchronized long register(MemorySegment host, String label) {
        return add(label, host, null, null);
    }

    private long add(String label, MemorySegment segment, Arena arena, WriteMap written) {
        if (count == allocations.length) {
            allocations = Arrays.copyOf(allocations, 2 * count);
        }
        long address = (long) count << OFFSET_BITS;
        allocations[count++] = new Allocation(label, address, segment, arena, written, watched ? new AccessMap(segment.byteSize()) : null);
        return address;
    }

    /**
     * Frees what starts at an address.
     *
     * @throws SimulatorFault when no live allocation starts there
     */
    public synchronized void free(long address) {
        Allocation allocation = find(address);
        if (allocation.address() != address) {
            throw new SimulatorFault("free of " + describe(address) + ", which is not the start of an allocation");
        }
        allocations[(int) (address >>> OFFSET_BITS)] = null;
        allocation.free();
    }

    /** Ends what {@link #register} began. */
    public void unregister(long address) {
        free(address);
    }

    /**
     * The live allocation that an address belongs to; the offset may lie outside of it.
     *
     * @throws SimulatorFault when there is none
     */
    public Allocation find(long address) {
        int number = (int) (address >>> OFFSET_BITS);
        Allocation allocation = findOrNull(address);
        if (allocation == null) {
            throw new SimulatorFault(String.format("address 0x%x is %s", address,
                    number == 0 ? "null or close to it" : number > 0 && number < count ? "in memory that was freed" : "in no allocation"));
        }
        return allocation;
    }

    /** The live allocation that an address belongs to, or null; the offset may lie outside of it. */
    public Allocation findOrNull(long address) {
        int number = (int) (address >>> OFFSET_BITS);
        return number <= 0 || number >= count ? null : allocations[number];
    }

    /** The offset of an address in its allocation. */
    public static long offset(long address) {
        return address & OFFSET_MASK;
    }

    /** Copies from the host. */
    public void write(long address, MemorySegment source) {
        MemorySegment.copy(source, 0, view(address, source.byteSize()), 0, source.byteSize());
        markWritten(address, source.byteSize());
    }

    /** Copies to the host; bytes that nothing wrote are a finding. */
    public void read(long address, MemorySegment target) {
        requireWritten(address, target.byteSize());
        MemorySegment.copy(view(address, target.byteSize()), 0, target, 0, target.byteSize());
    }

    /** Writes {@code count} values of 1, 2 or 4 bytes. */
    public void fill(long address, int value, int elementBytes, long elements) {
        MemorySegment target = view(address, elementBytes * elements);
        switch (elementBytes) {
            case Byte.BYTES -> target.fill((byte) value);
            case Short.BYTES -> {
                for (long index = 0; index < elements; index++) {
                    target.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index, (short) value);
                }
            }
            default -> {
                for (long index = 0; index < elements; index++) {
                    target.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, index, value);
                }
            }
        }
        markWritten(address, elementBytes * elements);
    }

    /** Copies on the device; what nothing wrote stays unwritten in the eyes of the checks only as a whole. */
    public void copy(long target, long source, long byteSize) {
        requireWritten(source, byteSize);
        MemorySegment.copy(view(source, byteSize), 0, view(target, byteSize), 0, byteSize);
        markWritten(target, byteSize);
    }

    /**
     * The host memory behind a range.
     *
     * @throws SimulatorFault when it is not wholly inside one live allocation
     */
    public MemorySegment view(long address, long byteSize) {
        Allocation allocation = find(address);
        long offset = offset(address);
        if (byteSize < 0 || offset + byteSize > allocation.byteSize()) {
            throw new SimulatorFault("bytes " + offset + " to " + (offset + byteSize) + " lie outside of " + allocation);
        }
        return allocation.segment().asSlice(offset, byteSize);
    }

    /** Notes that a range was written past the kernels. */
    public void markWritten(long address, long byteSize) {
        view(address, byteSize);
        find(address).markWritten(offset(address), byteSize);
    }

    /** Reports the first byte of a range that nothing wrote. */
    public void requireWritten(long address, long byteSize) {
        view(address, byteSize);
        Allocation allocation = find(address);
        long unwritten = allocation.firstUnwritten(offset(address), byteSize);
        if (unwritten >= 0) {
            findings.add(FindingKind.UNINITIALISED, "byte " + unwritten + " of " + allocation + " is read, but nothing wrote it");
        }
    }

    /** Allocations of the device that are not freed. */
    public List<Allocation> live() {
        return all().stream().filter(allocation -> !allocation.isHost()).toList();
    }

    /** All that is not freed, memory of the host included. */
    public synchronized List<Allocation> all() {
        return Arrays.stream(allocations, 0, count).filter(Objects::nonNull).toList();
    }

    /** What all allocations hold now, memory of the host included. */
    public List<AllocationImage> images() {
        return all().stream().map(Allocation::image).toList();
    }

    /**
     * The live allocations that addresses among the 8-byte words of {@code bytes} lead to, directly or through words in allocations of up to {@code limit}
     * bytes. Other data is seldom taken for an address, since an address lies inside its allocation.
     */
    public synchronized Set<Allocation> reachable(MemorySegment bytes, long limit) {
        Set<Allocation> found = new LinkedHashSet<>();
        Deque<MemorySegment> rest = new ArrayDeque<>(List.of(bytes));
        while (!rest.isEmpty()) {
            MemorySegment next = rest.pop();
            for (long index = 0; index < next.byteSize() / Long.BYTES; index++) {
                long word = next.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, index);
                long number = word >>> OFFSET_BITS;
                Allocation target = number > 0 && number < count ? allocations[(int) number] : null;
                if (target != null && offset(word) < target.byteSize() && found.add(target) && target.byteSize() <= limit) {
                    rest.push(target.segment());
                }
            }
        }
        return found;
    }

    /**
     * Makes allocations at the addresses that they once had. Memory that was the host's becomes memory of the device.
     *
     * @throws IllegalStateException when something was allocated before
     */
    public synchronized void restore(List<AllocationImage> images) {
        if (count != 1) {
            throw new IllegalStateException("memory can be restored only where nothing was allocated before");
        }
        for (AllocationImage image : images) {
            int number = (int) (image.address() >>> OFFSET_BITS);
            if (number >= allocations.length) {
                allocations = Arrays.copyOf(allocations, 2 * number);
            }
            count = Math.max(count, number + 1);
            Arena arena = Arena.ofShared();
            MemorySegment segment = arena.allocate(Math.max(image.bytes().length, 1), ALIGNMENT).asSlice(0, image.bytes().length);
            MemorySegment.copy(MemorySegment.ofArray(image.bytes()), 0, segment, 0, image.bytes().length);
            allocations[number] = new Allocation(image.label(), image.address(), segment, arena, image.written() == null ? null : image.written().copy(),
                    watched ? new AccessMap(segment.byteSize()) : null);
        }
    }

    /** An address for people: label and offset. */
    public String describe(long address) {
        int number = (int) (address >>> OFFSET_BITS);
        boolean live = number > 0 && number < count && allocations[number] != null;
        return live ? allocations[number].label() + " + " + offset(address) : String.format("0x%x", address);
    }

    /** Frees everything. */
    @Override
    public synchronized void close() {
        live().forEach(allocation -> free(allocation.address()));
    }
}
