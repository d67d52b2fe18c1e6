package crosscut.simulator.mutation;

import crosscut.simulator.driver.LaunchWatcher;
import crosscut.simulator.execution.GridShape;
import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.SimulatedMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps the first launches of every kernel that differ in grid or arguments and whose memory is small: what the kernels' tests do, to be done again with mutants. */
public final class LaunchRecorder implements LaunchWatcher {

    private static final long MEMORY_LIMIT = 1L << 20;

    private final int launchesPerKernel;
    private final Map<String, List<RecordedLaunch>> launches = new HashMap<>();
    private final Set<List<Object>> seen = new HashSet<>();

    /** Keeps up to that many launches of a kernel. */
    public LaunchRecorder(int launchesPerKernel) {
        this.launchesPerKernel = launchesPerKernel;
    }

    @Override
    public synchronized void launching(String module, String kernel, GridShape shape, MemorySegment arguments, SimulatedMemory memory) {
        List<RecordedLaunch> kept = launches.computeIfAbsent(module + "\n" + kernel, missing -> new ArrayList<>());
        byte[] block = arguments.toArray(ValueLayout.JAVA_BYTE);
        if (kept.size() == launchesPerKernel || !seen.add(List.of(module, kernel, shape, MemorySegment.ofArray(block).asByteBuffer()))) {
            return;
        }
        Set<Allocation> reachable = memory.reachable(arguments, MEMORY_LIMIT);
        if (reachable.stream().mapToLong(Allocation::byteSize).sum() <= MEMORY_LIMIT) {
            kept.add(new RecordedLaunch(module, kernel, shape, block, reachable.stream().map(Allocation::image).toList()));
        }
    }

    /** The launches of a kernel of a module. */
    public synchronized List<RecordedLaunch> launches(String module, String kernel) {
        return List.copyOf(launches.getOrDefault(module + "\n" + kernel, List.of()));
    }
}
