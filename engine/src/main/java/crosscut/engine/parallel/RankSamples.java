package crosscut.engine.parallel;

import crosscut.engine.data.SampleOrder;
import crosscut.engine.data.SampleSource;
import crosscut.kernels.batch.InvalidSampleException;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;

/**
 * One rank's part of every global batch, as a source of its own: of each batch of B samples rank r of W reads samples r B/W to (r + 1) B/W - 1. Positions count
 * within the part; a read must not cross the border between two batches.
 */
public final class RankSamples implements SampleSource {

    private final SampleSource source;
    private final long globalBatch;
    private final long share;
    private final long firstOfBatch;
    private final long samples;

    private RankSamples(SampleSource source, World world, int globalBatch, long batches) {
        this.source = source;
        this.globalBatch = globalBatch;
        this.share = globalBatch / world.size();
        this.firstOfBatch = share * world.rank();
        this.samples = batches * share;
    }

    /** The part of every whole batch, as training reads it; the source itself in a world of one. */
    public static SampleSource ofWholeBatches(SampleSource source, World world, int globalBatch) {
        return world.isSingle() ? source : new RankSamples(source, world, globalBatch, source.samples() / globalBatch);
    }

    /**
     * The part of all batches, as evaluation reads it; the source itself in a world of one. Of a partial last batch the lower ranks read whole parts and the
     * higher ones a smaller one or none, but all of them read it: {@link RawBatch#rows} says how much there is.
     */
    public static SampleSource ofAllBatches(SampleSource source, World world, int globalBatch) {
        return world.isSingle() ? source : new RankSamples(source, world, globalBatch, Math.ceilDiv(source.samples(), (long) globalBatch));
    }

    @Override
    public String split() {
        return source.split();
    }

    @Override
    public long samples() {
        return samples;
    }

    @Override
    public RawBatchLayout layout(int batchSize) {
        return source.layout(batchSize);
    }

    @Override
    public void read(SampleOrder order, long first, int rows, RawBatch target) {
        long inBatch = first % share;
        if (inBatch + rows > share) {
            throw new IllegalArgumentException("samples " + first + " + " + rows + " cross the border between two batches of " + share);
        }
        long globalFirst = first / share * globalBatch + firstOfBatch + inBatch;
        int available = Math.clamp(source.samples() - globalFirst, 0, rows);
        if (available == 0) {
            target.describe(0, source.samples());
        } else {
            source.read(order, globalFirst, available, target);
        }
    }

    /** The source describes its batches itself, so the position counts in the whole split already. */
    @Override
    public String locate(InvalidSampleException failure, SampleOrder order) {
        return source.locate(failure, order);
    }

    @Override
    public String fingerprint() {
        return source.fingerprint();
    }

    /** Does nothing: whoever opened the whole source closes it. */
    @Override
    public void close() {
        // Holds nothing of its own.
    }
}
