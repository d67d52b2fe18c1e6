package crosscut.engine.data;

import crosscut.engine.UserException;
import crosscut.kernels.batch.InvalidSampleException;
import crosscut.kernels.batch.RawBatch;
import java.util.List;

/**
 * Reads the batches of one epoch ahead of time: a thread of its own fills a ring of buffers.
 *
 * <pre>{@code
 * try (BatchReader reader = BatchReader.wholeBatches(source, order, firstBatch, buffers)) {
 *     for (RawBatch batch = reader.next(); batch != null; batch = reader.next()) {
 *         ...
 *         reader.release(batch);
 *     }
 * }
 * }</pre>
 */
public final class BatchReader implements BatchSupply {

    private final BatchSequence sequence;
    private final RawBatch[] buffers;
    private final Thread thread;

    // Guarded by this. Intrinsic monitors: unlike java.util.concurrent conditions they allocate nothing when a thread waits.
    private final RawBatch[] free;
    private int freeCount;
    private final RawBatch[] filled;
    private int filledStart;
    private int filledCount;
    private boolean finished;
    private boolean closed;
    private Throwable failure;

    private long waitNanos;

    private BatchReader(BatchSequence sequence, List<RawBatch> ring) {
        if (ring.size() < 2) {
            throw new IllegalArgumentException("a ring of " + ring.size() + " buffers leaves none to fill while one is in use");
        }
        this.sequence = sequence;
        buffers = ring.toArray(RawBatch[]::new);
        free = buffers.clone();
        freeCount = free.length;
        filled = new RawBatch[buffers.length];
        thread = Thread.ofPlatform().name("batch reader " + sequence.split()).daemon().unstarted(this::fill);
        thread.start();
    }

    /** {@link #wholeBatches(SampleSource, int, SampleOrder, long, List)} of a single rank. */
    public static BatchReader wholeBatches(SampleSource source, SampleOrder order, long firstBatch, List<RawBatch> ring) {
        return wholeBatches(source, 0, order, firstBatch, ring);
    }

    /**
     * Reads whole batches only, as training needs them; samples that are left over at the end of the epoch are not read.
     *
     * @param source the whole split
     * @param rank whose part of every batch is read; the layout of the ring says how large batches and parts are
     * @param order where the samples of this epoch lie
     * @param firstBatch how many batches of the epoch are already done
     * @param ring two or more buffers of one layout
     * @throws IllegalArgumentException when the split has fewer samples than one batch of all ranks, see {@link #requireOneBatch}
     */
    public static BatchReader wholeBatches(SampleSource source, int rank, SampleOrder order, long firstBatch, List<RawBatch> ring) {
        return new BatchReader(BatchSequence.whole(source, rank, order, firstBatch, ring.getFirst().layout()), ring);
    }

    /** {@link #allSamples(SampleSource, int, SampleOrder, long, List)} of a single rank. */
    public static BatchReader allSamples(SampleSource source, SampleOrder order, long firstBatch, List<RawBatch> ring) {
        return allSamples(source, 0, order, firstBatch, ring);
    }

    /**
     * Reads every sample, as evaluation does. The last batch may be partial, and all ranks read it even where it has nothing of theirs: {@link RawBatch#rows()}
     * says how much there is.
     */
    public static BatchReader allSamples(SampleSource source, int rank, SampleOrder order, long firstBatch, List<RawBatch> ring) {
        return new BatchReader(BatchSequence.all(source, rank, order, firstBatch, ring.getFirst().layout()), ring);
    }

    /**
     * Throws a {@link UserException} with both numbers when the split has fewer samples than one batch.
     *
     * @param flag that says how large batches are
     */
    public static void requireOneBatch(SampleSource source, String flag, int batchSize) {
        if (source.samples() < batchSize) {
            throw new UserException(source.split() + " has " + source.samples() + " samples, fewer than one batch of " + batchSize + ": use " + flag + " "
                    + source.samples() + " or less");
        }
    }

    /** Waits until {@link #next} need not; false when it will give no batch but null, or the reason why there is none. */
    public synchronized boolean hasNext() {
        if (filledCount == 0 && !finished) {
            long start = System.nanoTime();
            while (filledCount == 0 && !finished) {
                await();
            }
            waitNanos += System.nanoTime() - start;
        }
        if (closed) {
            throw new IllegalStateException("the reader of " + sequence.split() + " is closed");
        }
        return filledCount > 0;
    }

    /**
     * {@inheritDoc} Waits for it where necessary.
     *
     * @throws RuntimeException what the reading thread failed with, after the batches that it had read
     */
    @Override
    public synchronized RawBatch next() {
        if (hasNext()) {
            RawBatch batch = filled[filledStart];
            filledStart = (filledStart + 1) % filled.length;
            filledCount--;
            return batch;
        }
        throwFailure();
        return null;
    }

    @Override
    public synchronized void release(RawBatch batch) {
        if (!isOurs(batch) || isWaiting(batch)) {
            throw new IllegalArgumentException("the batch was not handed out by this reader, or is released twice");
        }
        free[freeCount++] = batch;
        notifyAll();
    }

    @Override
    public UserException located(InvalidSampleException failure) {
        return sequence.located(failure);
    }

    /** Time that {@link #next} and {@link #hasNext} have waited for data so far, in nanoseconds. */
    public synchronized long waitNanos() {
        return waitNanos;
    }

    /** Stops reading, at the latest after the batch at work, and waits for the thread. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException interruption) {
                // The buffers may be freed after close, so the thread must be gone; the interruption is handed on.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void fill() {
        Throwable problem = null;
        try {
            while (sequence.hasNext()) {
                RawBatch batch = takeFree();
                if (batch == null) {
                    break;
                }
                sequence.readNext(batch);
                hand(batch);
            }
        } catch (RuntimeException | Error thrown) {
            problem = thrown;
        }
        finish(problem);
    }

    private synchronized RawBatch takeFree() {
        while (freeCount == 0 && !closed) {
            await();
        }
        return closed ? null : free[--freeCount];
    }

    private synchronized void hand(RawBatch batch) {
        filled[(filledStart + filledCount) % filled.length] = batch;
        filledCount++;
        notifyAll();
    }

    private synchronized void finish(Throwable problem) {
        failure = problem;
        finished = true;
        notifyAll();
    }

    private void await() {
        try {
            wait();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a batch of " + sequence.split(), interruption);
        }
    }

    private void throwFailure() {
        switch (failure) {
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            case null, default -> {
            }
        }
    }

    private boolean isOurs(RawBatch batch) {
        for (RawBatch buffer : buffers) {
            if (buffer == batch) {
                return true;
            }
        }
        return false;
    }

    private boolean isWaiting(RawBatch batch) {
        for (int index = 0; index < freeCount; index++) {
            if (free[index] == batch) {
                return true;
            }
        }
        for (int index = 0; index < filledCount; index++) {
            if (filled[(filledStart + index) % filled.length] == batch) {
                return true;
            }
        }
        return false;
    }
}
