package crosscut.engine.memory;

import crosscut.engine.parallel.World;
import crosscut.kernels.device.HostMemory;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * The memory of a rank's process at the end of its run, beside what was planned for it.
 *
 * @param peakBytes most that it ever had resident
 * @param fileBytes resident pages of files that it maps, the data's and libraries: the system takes them back when it needs them
 * @param plannedBytes its plan, {@link MemoryPlan#totalBytes}
 */
public record MemoryUse(long peakBytes, long fileBytes, long plannedBytes) {

    /**
     * That of the rank with most; all ranks have to ask together.
     *
     * @param plan of this rank
     * @return empty where a rank's system does not say what a process has, or where the plan leaves the process out; on other ranks than the first their own
     */
    public static Optional<MemoryUse> largest(MemoryPlan plan, World world) {
        if (plan.process().isEmpty()) {
            return Optional.empty();
        }
        MemoryUse own = new MemoryUse(HostMemory.peakResident().orElse(0), HostMemory.residentFiles().orElse(0), plan.totalBytes());
        MemoryUse largest = world.isSingle() ? own : world.collectives().gather(own.toBytes()).stream().map(MemoryUse::fromBytes)
                .max(Comparator.comparingLong(MemoryUse::peakBytes)).orElse(own);
        return Optional.of(largest).filter(use -> use.peakBytes > 0);
    }

    private byte[] toBytes() {
        return ByteBuffer.allocate(3 * Long.BYTES).putLong(peakBytes).putLong(fileBytes).putLong(plannedBytes).array();
    }

    private static MemoryUse fromBytes(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new MemoryUse(buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /** By the names that the log uses. */
    public void addTo(Map<String, Object> results) {
        results.put("peak_memory_bytes", peakBytes);
        results.put("planned_memory_bytes", plannedBytes);
        results.put("mapped_files_bytes", fileBytes);
    }
}
