package crosscut.engine.config;

import crosscut.engine.UserException;

/**
 * Where embedding tables are: how several ranks share them, and which lie in the host's memory. It decides who does what, not what comes out: every choice
 * trains the same bits.
 *
 * @param strategy how tables and slices are dealt out
 * @param columnSliceThreshold elements; a larger table is cut into column slices
 * @param dataParallelThreshold elements; a table that is no larger has a copy on every rank, 0 for none
 * @param offloadingThreshold bytes of tables and their moments in each rank's device; those beyond are in host memory, see
 *     {@link crosscut.engine.model.OffloadedTables}; {@link #NO_OFFLOADING} for all on the device
 */
public record PlacementConfig(Strategy strategy, long columnSliceThreshold, long dataParallelThreshold, long offloadingThreshold) {

    /** Everything is in the device's memory. */
    public static final long NO_OFFLOADING = Long.MAX_VALUE;

    /** The reference's default. */
    public static final long REFERENCE_COLUMN_SLICE_THRESHOLD = 5_000_000_000L;

    /** As the reference places tables when nothing else is said. */
    public static final PlacementConfig DEFAULT = new PlacementConfig(Strategy.MEMORY_BALANCED, REFERENCE_COLUMN_SLICE_THRESHOLD, 0);

    /** Without offloading. */
    public PlacementConfig(Strategy strategy, long columnSliceThreshold, long dataParallelThreshold) {
        this(strategy, columnSliceThreshold, dataParallelThreshold, NO_OFFLOADING);
    }

    /** How tables and slices are dealt out to ranks. */
    public enum Strategy {

        /** In a snake over the ranks, largest first: numbers of tables differ by one at most. */
        MEMORY_BALANCED,

        /** Largest first, each to the rank with the fewest elements. */
        MEMORY_OPTIMIZED,

        /** In feature order, one rank after the other. */
        BASIC,

        /** Most expensive first, each to the rank with the least cost: its part of all elements plus its part of all looked-up values. */
        COST_BALANCED
    }

    public PlacementConfig {
        if (columnSliceThreshold < 1) {
            throw new UserException("--column_slice_threshold " + columnSliceThreshold + " must be at least 1 element");
        }
        if (dataParallelThreshold < 0) {
            throw new UserException("--data_parallel_threshold " + dataParallelThreshold + " must be 0 (none) or more elements");
        }
        if (offloadingThreshold < 0) {
            throw new UserException("--cpu_offloading_threshold_gb must be 0 (all tables in host memory) or more");
        }
    }

    /** The same with another threshold of offloading, in bytes. */
    public PlacementConfig withOffloading(long threshold) {
        return new PlacementConfig(strategy, columnSliceThreshold, dataParallelThreshold, threshold);
    }
}
