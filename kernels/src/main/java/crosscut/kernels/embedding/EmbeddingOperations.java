package crosscut.kernels.embedding;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.optimizer.UpdateRule;

/** Ops on embedding tables. Ids are trusted: the batch decoder has checked them. Where only some rows of a table are here, ids of others count as nothing. */
public interface EmbeddingOperations {

    /**
     * Gather: {@code x0[b, columnOffset_t : + dimension_t] = pool_h(w_t[id(t, b, h), :])}, summed in fp32 in the order of h (divided by hotness for MEAN)
     * and rounded once to the type of x0. An id whose row is not here adds -0, which changes no sum: the parts that several devices gather from the rows
     * that each of them has make up the whole.
     *
     * @param ids (1, sum over tables of batch * hotness) INT32
     * @param output (batch, at least columnOffset + dimension of every table) FLOAT32 or BFLOAT16
     */
    Operation gather(TableSet tables, Tensor ids, Tensor output);

    /**
     * Allocates what {@link #groupIds} writes and {@link #update} reads, for batches of {@code batchSize}.
     */
    IdGroups createIdGroups(TableSet tables, int batchSize);

    /**
     * The same with room for two batches: {@link #groupIds} writes {@link IdGroups#grouped} while {@link #update} and {@link #stageRows} may still read
     * {@link IdGroups#current}. They read what was grouped when it has been copied there.
     */
    IdGroups createDoubleBufferedIdGroups(TableSet tables, int batchSize);

    /**
     * Groups equal ids: per table a stable sort of (id, position). Positions count in (batch, hotness) order.
     */
    Operation groupIds(Tensor ids, IdGroups groups);

    /**
     * {@code counts[t] = how many distinct rows of table t the grouped ids name}, those that are not here included. No other op needs it; who wants to know
     * what a batch touches does.
     *
     * @param groups {@link IdGroups#current} is counted
     * @param counts (1, tables) INT32
     */
    Operation countRows(IdGroups groups, Tensor counts);

    /**
     * Segment reduce and row-wise optimizer in one op. For every distinct row r of every table {@code g = sum over its positions of dx0[b, columns of t]}
     * (divided by hotness for MEAN), in fp32 with a reduction tree that depends on the ids alone, then one update of w, m and v by {@code rule} (lazy Adam:
     * rows that do not occur keep w, m and v; a step that says {@link UpdateRule#SKIP} changes nothing). Runs of any length; same bits for any number of
     * threads, and for a row that is here whichever others are.
     *
     * @param gradient dL/dx0, (batch, columns) FLOAT32 or BFLOAT16
     * @param step (1, {@link UpdateRule#STEP_VALUES}) FLOAT32: this step's learning rate and the like, read at launch
     */
    Operation update(IdGroups groups, Tensor gradient, TableSet tables, UpdateRule rule, Tensor step);

    /**
     * Copies every distinct row that occurs once: {@link #gather} of the copies ({@link RowStage#tables} by {@link RowStage#places}) gives the bits that it
     * gives of the tables, and memory that is far away is read once per row instead of once per id.
     *
     * @param groups the ids of a batch, grouped
     * @param tables what they were grouped for
     */
    Operation stageRows(IdGroups groups, TableSet tables, RowStage stage);

    /** Ids of one batch grouped by row; the content is the device's own. */
    interface IdGroups extends AutoCloseable {

        /** How many ids a batch has, of all tables. */
        long ids();

        /** What grouping writes, (1, ids) INT64. */
        Tensor grouped();

        /** What the other ops read, (1, ids) INT64: {@link #grouped} itself unless the groups are double buffered. */
        Tensor current();

        @Override
        void close();
    }
}
