package crosscut.simulator.driver;

import crosscut.simulator.memory.SimulatedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Host memory that the device reaches: allocated by cuMemHostAlloc or registered by cuMemHostRegister. */
final class PinnedMemory {

    private static final int PAGE = 4096;

    private final SimulatedMemory memory;
    private final TreeMap<Long, Block> blocks = new TreeMap<>();
    private int allocated;

    PinnedMemory(SimulatedMemory memory) {
        this.memory = memory;
    }

    /** Zero-filled memory on a page boundary; the address on the host. */
    long allocate(long bytes) {
        Arena arena = Arena.ofShared();
        MemorySegment host = arena.allocate(bytes, PAGE);
        return add(new Block(host, memory.register(host, "pinned memory " + ++allocated), arena));
    }

    void register(MemorySegment host) {
        if (overlapping(host.address(), host.byteSize()).isPresent()) {
            throw new DriverException(DriverStatus.HOST_MEMORY_ALREADY_REGISTERED, host.byteSize() + " bytes at 0x" + Long.toHexString(host.address())
                    + " overlap memory that is pinned already");
        }
        add(new Block(host, memory.register(host, "registered memory at 0x" + Long.toHexString(host.address())), null));
    }

    private long add(Block block) {
        blocks.put(block.host.address(), block);
        return block.host.address();
    }

    void free(long address) {
        Block block = blocks.get(address);
        if (block == null || block.arena == null) {
            throw new DriverException(DriverStatus.INVALID_VALUE, "0x" + Long.toHexString(address) + " is not the start of memory from cuMemHostAlloc");
        }
        blocks.remove(address);
        memory.unregister(block.device);
        block.arena.close();
    }

    void unregister(long address) {
        Block block = blocks.get(address);
        if (block == null || block.arena != null) {
            throw new DriverException(DriverStatus.HOST_MEMORY_NOT_REGISTERED, "0x" + Long.toHexString(address) + " is not the start of registered memory");
        }
        blocks.remove(address);
        memory.unregister(block.device);
    }

    /** Where the device sees the host's {@code address}. */
    long deviceAddress(long address) {
        Block block = overlapping(address, 1).orElseThrow(
                () -> new DriverException(DriverStatus.INVALID_VALUE, "0x" + Long.toHexString(address) + " lies in no pinned memory"));
        block.isMapped = true;
        return block.device + address - block.host.address();
    }

    /** The block that holds all of the range, if one does. */
    Optional<Block> holding(long address, long bytes) {
        return overlapping(address, bytes).filter(block -> block.host.address() <= address && address + bytes <= block.host.address() + block.host.byteSize());
    }

    private Optional<Block> overlapping(long address, long bytes) {
        Map.Entry<Long, Block> below = blocks.lowerEntry(address + Math.max(bytes, 1));
        return below == null || below.getKey() + below.getValue().host.byteSize() <= address ? Optional.empty() : Optional.of(below.getValue());
    }

    Collection<Block> all() {
        return blocks.values();
    }

    /** Frees what the caller has left, at the end. */
    void close() {
        for (Block block : blocks.values()) {
            if (block.arena != null) {
                memory.unregister(block.device);
                block.arena.close();
            }
        }
        blocks.clear();
    }

    /** One piece of pinned memory. */
    static final class Block {

        final MemorySegment host;
        final long device;
        private final Arena arena;

        /** Whether somebody asked for the device's address, so that kernels may read and write it. */
        boolean isMapped;

        private Block(MemorySegment host, long device, Arena arena) {
            this.host = host;
            this.device = device;
            this.arena = arena;
        }
    }
}
