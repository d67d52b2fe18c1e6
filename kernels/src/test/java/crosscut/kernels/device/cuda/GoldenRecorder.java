package crosscut.kernels.device.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import crosscut.simulator.execution.GridShape;
import crosscut.simulator.memory.AllocationImage;
import crosscut.simulator.memory.SimulatedMemory;
import crosscut.simulator.mutation.RecordedLaunch;
import crosscut.simulator.program.PtxKernel;
import crosscut.simulator.program.PtxModule;
import crosscut.simulator.program.PtxParameter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A driver that keeps of every kernel the first launches that reach little memory: before and after each it waits for the device and reads that memory. What is
 * captured is not kept.
 */
@SuppressWarnings("restricted")
final class GoldenRecorder implements SymbolLookup {

    /** A file for what the tests of this process launch; null when nothing is to be kept. */
    private static final String FILE = System.getProperty("crosscut.launches");
    private static final List<GoldenLaunch> OF_PROCESS = new ArrayList<>();

    private static final int LAUNCHES_PER_KERNEL = 2;
    private static final int MEMORY_LIMIT = 8 << 10;

    private final SymbolLookup driver;
    private final List<GoldenLaunch> recorded;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment cell = arena.allocate(JAVA_LONG);
    private final Map<String, MemorySegment> replacements = new HashMap<>();
    private final Map<String, MethodHandle> originals = new HashMap<>();
    private final Map<Long, Module> modules = new HashMap<>();
    private final Map<Long, Function> functions = new HashMap<>();
    private final TreeMap<Long, Long> allocations = new TreeMap<>();
    private final Map<Long, Long> pinned = new HashMap<>();
    private final Map<Long, Long> addressOfPinned = new HashMap<>();

    private record Module(String ptx, PtxModule parsed) {

        /** {@code // crosscut loss.cu sha256 ...} */
        String family() {
            return ptx.startsWith("// crosscut ") ? ptx.substring("// crosscut ".length(), ptx.indexOf(".cu")) : "";
        }
    }

    private record Function(Module module, String kernel) {

        byte[] block(long arguments) {
            PtxKernel parsed = module.parsed.find(kernel).orElseThrow();
            byte[] block = new byte[parsed.parameterBytes()];
            for (int index = 0; index < parsed.parameters().size(); index++) {
                PtxParameter parameter = parsed.parameters().get(index);
                MemorySegment value = at(longAt(arguments + (long) index * Long.BYTES), parameter.byteSize());
                MemorySegment.copy(value, JAVA_BYTE, 0, block, parameter.byteOffset(), parameter.byteSize());
            }
            return block;
        }
    }

    /** Adds what it keeps to {@code recorded}, which other recorders of the process may share. */
    GoldenRecorder(SymbolLookup driver, List<GoldenLaunch> recorded) {
        this.driver = driver;
        this.recorded = recorded;
        replace("cuModuleLoadDataEx", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
        replace("cuModuleGetFunction", JAVA_LONG, JAVA_LONG, JAVA_LONG);
        replace("cuMemAlloc_v2", JAVA_LONG, JAVA_LONG);
        replace("cuMemFree_v2", JAVA_LONG);
        replace("cuMemHostAlloc", JAVA_LONG, JAVA_LONG, JAVA_INT);
        replace("cuMemHostGetDevicePointer_v2", JAVA_LONG, JAVA_LONG, JAVA_INT);
        replace("cuMemFreeHost", JAVA_LONG);
        replace("cuLaunchKernel", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        original("cuCtxSynchronize");
        original("cuStreamIsCapturing", JAVA_LONG, JAVA_LONG);
        original("cuMemcpyDtoH_v2", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    }

    /** Whether {@code -Dcrosscut.launches} names a file. */
    static boolean isWanted() {
        return FILE != null;
    }

    /** The driver itself, or a recorder of it when that is wanted. */
    static SymbolLookup ifWanted(SymbolLookup driver) {
        return isWanted() ? new GoldenRecorder(driver, OF_PROCESS) : driver;
    }

    /** Writes all that was recorded so far to the file, when that is wanted. */
    static void save() {
        if (isWanted() && !OF_PROCESS.isEmpty()) {
            try {
                GoldenLaunch.write(OF_PROCESS, Files.newOutputStream(Path.of(FILE)));
            } catch (IOException failed) {
                throw new UncheckedIOException("launches cannot be kept in " + FILE, failed);
            }
        }
    }

    private FunctionDescriptor original(String name, MemoryLayout... arguments) {
        FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_INT, arguments);
        originals.put(name, Linker.nativeLinker().downcallHandle(driver.find(name).orElseThrow(), descriptor));
        return descriptor;
    }

    private void replace(String name, MemoryLayout... arguments) {
        FunctionDescriptor descriptor = original(name, arguments);
        try {
            MethodHandle method = MethodHandles.lookup().bind(this, name, descriptor.toMethodType());
            replacements.put(name, Linker.nativeLinker().upcallStub(method, descriptor, arena));
        } catch (ReflectiveOperationException mistake) {
            throw new AssertionError(mistake);
        }
    }

    @Override
    public Optional<MemorySegment> find(String name) {
        return Optional.ofNullable(replacements.get(name)).or(() -> driver.find(name));
    }

    private int call(String name, Object... arguments) {
        try {
            return (int) originals.get(name).invokeWithArguments(arguments);
        } catch (Throwable mistake) {
            throw new AssertionError(name, mistake);
        }
    }

    private static MemorySegment at(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    private static long longAt(long address) {
        return at(address, Long.BYTES).get(JAVA_LONG_UNALIGNED, 0);
    }

    private synchronized int cuModuleLoadDataEx(long module, long image, int count, long options, long values) {
        int status = call("cuModuleLoadDataEx", module, image, count, options, values);
        if (status == 0) {
            String ptx = at(image, Long.MAX_VALUE).getString(0);
            modules.put(longAt(module), new Module(ptx, PtxModule.parse(ptx)));
        }
        return status;
    }

    private synchronized int cuModuleGetFunction(long function, long module, long name) {
        int status = call("cuModuleGetFunction", function, module, name);
        if (status == 0) {
            functions.put(longAt(function), new Function(modules.get(module), at(name, Long.MAX_VALUE).getString(0)));
        }
        return status;
    }

    private synchronized int cuMemAlloc_v2(long address, long bytes) {
        int status = call("cuMemAlloc_v2", address, bytes);
        if (status == 0) {
            allocations.put(longAt(address), bytes);
        }
        return status;
    }

    private synchronized int cuMemFree_v2(long address) {
        allocations.remove(address);
        return call("cuMemFree_v2", address);
    }

    private synchronized int cuMemHostAlloc(long address, long bytes, int flags) {
        int status = call("cuMemHostAlloc", address, bytes, flags);
        if (status == 0) {
            pinned.put(longAt(address), bytes);
        }
        return status;
    }

    private synchronized int cuMemHostGetDevicePointer_v2(long address, long host, int flags) {
        int status = call("cuMemHostGetDevicePointer_v2", address, host, flags);
        if (status == 0 && pinned.containsKey(host)) {
            allocations.put(longAt(address), pinned.get(host));
            addressOfPinned.put(host, longAt(address));
        }
        return status;
    }

    private synchronized int cuMemFreeHost(long host) {
        pinned.remove(host);
        if (addressOfPinned.containsKey(host)) {
            allocations.remove(addressOfPinned.remove(host));
        }
        return call("cuMemFreeHost", host);
    }

    private synchronized int cuLaunchKernel(long function, int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ, int shared, long stream,
            long arguments, long extra) {
        Object[] all = {function, gridX, gridY, gridZ, blockX, blockY, blockZ, shared, stream, arguments, extra};
        Function called = functions.get(function);
        long kept = recorded.stream().filter(launch -> launch.launch().kernel().equals(called.kernel)).count();
        if (kept >= LAUNCHES_PER_KERNEL || isCapturing(stream) || call("cuCtxSynchronize") != 0) {
            return call("cuLaunchKernel", all);
        }
        byte[] block = called.block(arguments);
        TreeMap<Long, byte[]> before = reached(block);
        int status = call("cuLaunchKernel", all);
        if (before == null || status != 0) {
            return status;
        }
        status = call("cuCtxSynchronize");
        List<byte[]> after = new ArrayList<>();
        before.keySet().forEach(allocation -> after.add(bytes(allocation)));
        if (status != 0 || after.contains(null)) {
            return status;
        }
        List<Long> reached = List.copyOf(before.keySet());
        List<AllocationImage> memory = new ArrayList<>();
        for (int index = 0; index < after.size(); index++) {
            byte[] bytes = translated(before.get(reached.get(index)), reached);
            memory.add(new AllocationImage((index + 1L) << SimulatedMemory.OFFSET_BITS, "argument", bytes, null));
            after.set(index, translated(after.get(index), reached));
        }
        GridShape shape = new GridShape(gridX, gridY, gridZ, blockX, blockY, blockZ, shared);
        RecordedLaunch launch = new RecordedLaunch(called.module.ptx, called.kernel, shape, translated(block, reached), memory);
        recorded.add(new GoldenLaunch(called.module.family(), launch, after));
        return 0;
    }

    private boolean isCapturing(long stream) {
        return call("cuStreamIsCapturing", stream, cell.address()) != 0 || cell.get(JAVA_INT, 0) != 0;
    }

    /** What an allocation holds, null when the driver does not say. */
    private byte[] bytes(long allocation) {
        long bytes = allocations.get(allocation);
        MemorySegment host = Arena.ofAuto().allocate(Math.max(1, bytes), Long.BYTES);
        return call("cuMemcpyDtoH_v2", host.address(), allocation, bytes) == 0 ? host.asSlice(0, bytes).toArray(JAVA_BYTE) : null;
    }

    /** What the allocations hold that words of {@code block} lead to, directly or through words in them; null when that is too much. */
    private TreeMap<Long, byte[]> reached(byte[] block) {
        TreeMap<Long, byte[]> found = new TreeMap<>();
        Deque<byte[]> rest = new ArrayDeque<>(List.of(block));
        long total = 0;
        while (!rest.isEmpty()) {
            MemorySegment next = MemorySegment.ofArray(rest.pop());
            for (long offset = 0; offset + Long.BYTES <= next.byteSize(); offset += Long.BYTES) {
                Long allocation = allocationOf(next.get(JAVA_LONG_UNALIGNED, offset));
                if (allocation != null && !found.containsKey(allocation)) {
                    total += allocations.get(allocation);
                    byte[] bytes = total > MEMORY_LIMIT ? null : bytes(allocation);
                    if (bytes == null) {
                        return null;
                    }
                    found.put(allocation, bytes);
                    rest.push(bytes);
                }
            }
        }
        return found;
    }

    private Long allocationOf(long word) {
        Map.Entry<Long, Long> below = allocations.floorEntry(word);
        return below != null && word - below.getKey() < below.getValue() ? below.getKey() : null;
    }

    /** With the simulator's addresses in place of the device's. */
    private byte[] translated(byte[] bytes, List<Long> reached) {
        byte[] translated = bytes.clone();
        MemorySegment words = MemorySegment.ofArray(translated);
        for (long offset = 0; offset + Long.BYTES <= bytes.length; offset += Long.BYTES) {
            long word = words.get(JAVA_LONG_UNALIGNED, offset);
            Long allocation = allocationOf(word);
            if (allocation != null && reached.contains(allocation)) {
                words.set(JAVA_LONG_UNALIGNED, offset, ((reached.indexOf(allocation) + 1L) << SimulatedMemory.OFFSET_BITS) + word - allocation);
            }
        }
        return translated;
    }
}
