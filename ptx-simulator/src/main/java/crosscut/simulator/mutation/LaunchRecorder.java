package crosscut.simulator.mutation;

import crosscut.simulator.driver.LaunchWatcher;
import crosscut.simulator.execution.GridShape;
import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.AllocationImage;
import crosscut.simulator.memory.SimulatedMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Keeps launches of kernels, to be done again with mutants: of every kernel and every section, such as one test, the first few that differ in grid, arguments
 * or memory. Launches that reach much memory are left out.
 */
public final class LaunchRecorder implements LaunchWatcher {

    private static final long MEMORY_LIMIT = 2L << 20;

    private final int launchesPerSection;
    private final Map<String, List<RecordedLaunch>> launches = new HashMap<>();
    private final Map<String, Integer> keptInSection = new HashMap<>();
    private final Map<List<Object>, AllocationImage> images = new HashMap<>();
    private final Set<List<Object>> seen = new HashSet<>();

    /** Keeps up to that many launches of a kernel in a section. */
    public LaunchRecorder(int launchesPerSection) {
        this.launchesPerSection = launchesPerSection;
    }

    /** A new section begins. */
    public synchronized void beginSection() {
        keptInSection.clear();
    }

    @Override
    public synchronized void launching(String module, String kernel, GridShape shape, MemorySegment arguments, SimulatedMemory memory) {
        String name = module + "\n" + kernel;
        byte[] block = arguments.toArray(ValueLayout.JAVA_BYTE);
        if (keptInSection.getOrDefault(name, 0) == launchesPerSection) {
            return;
        }
        Set<Allocation> reachable = memory.reachable(arguments, MEMORY_LIMIT);
        if (reachable.stream().mapToLong(Allocation::byteSize).sum() > MEMORY_LIMIT) {
            return;
        }
        List<AllocationImage> images = reachable.stream().map(Allocation::image).map(this::shared).toList();
        if (seen.add(List.of(module, kernel, shape, ByteBuffer.wrap(block), images))) {
            keptInSection.merge(name, 1, Integer::sum);
            launches.computeIfAbsent(name, missing -> new ArrayList<>()).add(new RecordedLaunch(module, kernel, shape, block, images));
        }
    }

    /** One image for all that are the same: most memory does not change from launch to launch. */
    private AllocationImage shared(AllocationImage image) {
        CRC32C sum = new CRC32C();
        sum.update(image.bytes());
        return images.computeIfAbsent(List.of(image.address(), image.label(), image.bytes().length, sum.getValue()), missing -> image);
    }

    /** The launches of a kernel of a module. */
    public synchronized List<RecordedLaunch> launches(String module, String kernel) {
        return List.copyOf(launches.getOrDefault(module + "\n" + kernel, List.of()));
    }
}
