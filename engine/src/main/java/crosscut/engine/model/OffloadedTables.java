package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.parallel.TableShard;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which of a rank's tables lie in the host's memory, where the device reads and writes single rows of them: as in the reference, the smallest stay on the
 * device as long as their bytes together are no more than the threshold, and all others go. Here the bytes are those that are taken, moments included.
 * Replicated tables count first and always stay.
 */
final class OffloadedTables {

    private OffloadedTables() {}

    /**
     * Chooses.
     *
     * @param shards what the rank keeps
     * @param copies memories of that size: 1 for weights alone, 3 with Adam's moments
     * @param threshold bytes on the device, see {@link PlacementConfig#offloadingThreshold}
     * @return positions in {@code shards}
     */
    static BitSet of(ModelConfig model, List<TableShard> shards, int copies, long threshold) {
        BitSet offloaded = new BitSet(shards.size());
        if (threshold == PlacementConfig.NO_OFFLOADING) {
            return offloaded;
        }
        long[] bytes = shards.stream().mapToLong(shard -> EmbeddingTables.elementsOf(List.of(shard)) * Float.BYTES * copies).toArray();
        long onDevice = 0;
        Comparator<Integer> replicatedFirst = Comparator.comparing(shard -> !shards.get(shard).replicated());
        for (int shard : IntStream.range(0, shards.size()).boxed().sorted(replicatedFirst.thenComparing(shard -> bytes[shard])).toList()) {
            onDevice += bytes[shard];
            offloaded.set(shard, onDevice > threshold && !shards.get(shard).replicated());
        }
        return offloaded;
    }
}
