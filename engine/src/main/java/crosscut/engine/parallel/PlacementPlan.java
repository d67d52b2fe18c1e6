package crosscut.engine.parallel;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.TableConfig;
import crosscut.kernels.batch.RawBatchLayout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a placement means for each rank.
 *
 * @param ranks in their order
 */
public record PlacementPlan(List<Rank> ranks) {

    /**
     * One rank.
     *
     * @param rank in [0, ranks)
     * @param shards what it keeps, in its order
     * @param elements rows * columns of all of them
     * @param lookups values that it looks up in a training step: of all samples for its own tables, of its share for replicated ones, and of a slice of
     *     rows as if ids were even
     * @param readBytes raw columns that it reads in a training step
     * @param sentBytes what it sends to others in a training step: ids, vectors, their gradients, and dense gradients
     */
    public record Rank(int rank, List<Shard> shards, long elements, long lookups, long readBytes, long sentBytes) {}

    /**
     * A part of a table.
     *
     * @param table the whole table
     * @param part which part of it
     */
    public record Shard(TableConfig table, TableShard part) {

        /** {@code name}, {@code name[first:end]} for a slice of columns, or {@code name[rows first:end]}. */
        public String text() {
            if (part.rows() < table.cardinality()) {
                return table.name() + "[rows " + part.firstRow() + ":" + part.endRow() + "]";
            }
            return part.columns() == table.dimension() ? table.name() : table.name() + "[" + part.firstColumn() + ":" + part.endColumn() + "]";
        }
    }

    /**
     * Counts.
     *
     * @param isDataParallelInput whether ids are read by the ranks whose samples they are of
     * @param share all columns of one rank's samples of a batch
     * @param activationBytes size of a looked-up value as it travels
     * @param denseParameters of all dense layers
     */
    public static PlacementPlan of(
            ModelConfig model, TablePlacement placement, boolean isDataParallelInput, RawBatchLayout share, int activationBytes, long denseParameters) {
        Counts counts = new Counts(model, placement, isDataParallelInput, share, activationBytes, denseParameters);
        return new PlacementPlan(IntStream.range(0, placement.ranks()).mapToObj(counts::rank).toList());
    }

    /** Bytes as {@code ExchangedEmbeddingLayer}, {@code ReplicatedEmbeddingLayer} and the all-reduce of dense gradients send them. */
    private record Counts(
            ModelConfig model, TablePlacement placement, boolean isDataParallelInput, RawBatchLayout layout, int activationBytes, long denseParameters) {

        private long share() {
            return layout.batchSize();
        }

        Rank rank(int rank) {
            List<TableShard> shards = placement.shardsOf(rank);
            long elements = shards.stream().mapToLong(TableShard::elements).sum();
            double lookups = share() * (placement.ranks() * lookups(placement.exchangedOf(rank)) + lookups(placement.replicated()));
            List<Shard> parts = shards.stream().map(shard -> new Shard(table(shard), shard)).toList();
            RankInput input = RankInput.of(placement, rank, model.tables().size(), isDataParallelInput);
            return new Rank(rank, parts, elements, Math.round(lookups), input.layout(layout).bytesPerBatch(), sentBytes(rank));
        }

        private TableConfig table(TableShard shard) {
            return model.tables().get(shard.table());
        }

        private double lookups(List<TableShard> shards) {
            return shards.stream().mapToDouble(shard -> (double) table(shard).hotness() * shard.elements() / table(shard).cardinality()).sum();
        }

        private long ids(List<TableShard> shards) {
            return shards.stream().mapToLong(shard -> table(shard).hotness()).sum();
        }

        private static long columns(List<TableShard> shards) {
            return shards.stream().mapToLong(TableShard::columns).sum();
        }

        private long sentBytes(int rank) {
            int ranks = placement.ranks();
            long others = ranks - 1L;
            long sent = share() * others * (ids(placement.replicated()) * Integer.BYTES + columns(placement.replicated()) * activationBytes);
            sent += share() * others * columns(placement.exchangedOf(rank)) * activationBytes;
            for (int owner = 0; owner < ranks; owner++) {
                if (owner != rank) {
                    long ids = isDataParallelInput ? ids(placement.exchangedOf(owner)) : 0;
                    sent += share() * (ids * Integer.BYTES + columns(placement.exchangedOf(owner)) * activationBytes);
                }
            }
            return sent + 2 * denseParameters * Float.BYTES * others / ranks;
        }
    }
}
