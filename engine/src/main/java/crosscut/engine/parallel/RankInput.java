package crosscut.engine.parallel;

import crosscut.kernels.batch.ColumnExtent;
import crosscut.kernels.batch.RawBatchLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Which columns of a global batch one rank reads. Labels and numerical features are those of its own samples, and so are the ids of tables that every rank
 * has a copy of. Ids of the others either are read by the ranks that have a part of the table, for the samples of all ranks (model-parallel input), or are read
 * by every rank for its own samples and then sent to those ranks (data-parallel input).
 *
 * @param ranks how many share a global batch
 * @param isDataParallel whether ids are read by the ranks whose samples they are of
 * @param extents which samples' ids are read, by table
 */
public record RankInput(int ranks, boolean isDataParallel, List<ColumnExtent> extents) {

    public RankInput {
        extents = List.copyOf(extents);
    }

    /**
     * What a rank reads.
     *
     * @param tables number of tables of the model
     * @param isDataParallel whether ids are read by the ranks whose samples they are of
     */
    public static RankInput of(TablePlacement placement, int rank, int tables, boolean isDataParallel) {
        if (isDataParallel || placement.ranks() == 1) {
            return new RankInput(placement.ranks(), isDataParallel, Collections.nCopies(tables, ColumnExtent.SHARE));
        }
        List<ColumnExtent> extents = new ArrayList<>(Collections.nCopies(tables, ColumnExtent.NONE));
        placement.shardsOf(rank).forEach(shard -> extents.set(shard.table(), shard.replicated() ? ColumnExtent.SHARE : ColumnExtent.GLOBAL));
        return new RankInput(placement.ranks(), false, extents);
    }

    /**
     * Samples whose ids of a table are read.
     *
     * @param share samples of this rank
     */
    public int samples(int table, int share) {
        return switch (extents.get(table)) {
            case SHARE -> share;
            case GLOBAL -> Math.multiplyExact(share, ranks);
            case NONE -> 0;
        };
    }

    /** Whether ids of a table are read. */
    public boolean reads(int table) {
        return extents.get(table) != ColumnExtent.NONE;
    }

    /**
     * The columns of this rank's batches.
     *
     * @param share all columns, for as many samples as are this rank's own
     */
    public RawBatchLayout layout(RawBatchLayout share) {
        return share.withExtents(extents, Math.multiplyExact(share.batchSize(), ranks));
    }
}
