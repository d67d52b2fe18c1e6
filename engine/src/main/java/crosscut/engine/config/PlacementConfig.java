package crosscut.engine.config;

import crosscut.engine.UserException;

/**
 * Where embedding tables are: how several ranks share them and who reads their ids, and which lie in the host's memory. It decides who does what, not what
 * comes out: every choice trains the same bits, except that vectors which are pooled from several rows are summed in another order where these are on several
 * ranks.
 *
 * @param strategy how tables and column slices are dealt out
 * @param columnSliceThreshold elements; a larger table is cut into column slices
 * @param rowSliceThreshold elements; of a table that is no smaller every rank has some rows, 0 for none
 * @param dataParallelThreshold elements; a table that is no larger has a copy on every rank, 0 for none
 * @param offloadingThreshold bytes of tables and their moments in each rank's device; those beyond are in host memory, see
 *     {@link crosscut.engine.model.OffloadedTables}; {@link #NO_OFFLOADING} for all on the device
 * @param dataParallelInput whether each rank reads the ids of its own samples for all tables and sends them on, instead of those of all samples for its own
 *     tables
 */
public record PlacementConfig(
        Strategy strategy, long columnSliceThreshold, long rowSliceThreshold, long dataParallelThreshold, long offloadingThreshold,
        boolean dataParallelInput) {

    /** Everything is in the device's memory. */
    public static final long NO_OFFLOADING = Long.MAX_VALUE;

    /** The reference's default. */
    public static final long REFERENCE_COLUMN_SLICE_THRESHOLD = 5_000_000_000L;

    /** As the reference places tables when nothing else is said. */
    public static final PlacementConfig DEFAULT = new PlacementConfig(Strategy.MEMORY_BALANCED, REFERENCE_COLUMN_SLICE_THRESHOLD, 0, 0);

    /** Without offloading, and each rank reads for its own tables. */
    public PlacementConfig(Strategy strategy, long columnSliceThreshold, long rowSliceThreshold, long dataParallelThreshold) {
        this(strategy, columnSliceThreshold, rowSliceThreshold, dataParallelThreshold, NO_OFFLOADING, false);
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
        requireNoneOrMore("--row_slice_threshold", rowSliceThreshold);
        requireNoneOrMore("--data_parallel_threshold", dataParallelThreshold);
        if (offloadingThreshold < 0) {
            throw new UserException("--cpu_offloading_threshold_gb must be 0 (all tables in host memory) or more");
        }
    }

    private static void requireNoneOrMore(String flag, long threshold) {
        if (threshold < 0) {
            throw new UserException(flag + " " + threshold + " must be 0 (none) or more elements");
        }
    }

    /** The same with another threshold of offloading, in bytes. */
    public PlacementConfig withOffloading(long threshold) {
        return new PlacementConfig(strategy, columnSliceThreshold, rowSliceThreshold, dataParallelThreshold, threshold, dataParallelInput);
    }

    /** The same with the other way to read ids, or not. */
    public PlacementConfig withDataParallelInput(boolean isDataParallel) {
        return new PlacementConfig(strategy, columnSliceThreshold, rowSliceThreshold, dataParallelThreshold, offloadingThreshold, isDataParallel);
    }

    /** Whether every rank has some rows of a table with so many elements, if not all. */
    public boolean cutsRows(long elements) {
        return rowSliceThreshold > 0 && elements >= rowSliceThreshold;
    }
}
