package crosscut.kernels.device;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads of the CPU device. Work is cut into tasks whose number and content depend on the shapes alone, never on the number of threads, and each task
 * is claimed by whoever is free: the result has the same bits for any thread count. Dispatching allocates nothing.
 *
 * <p>One thread at a time may call {@link #parallel}; it works along as worker 0. A task may call it too: its worker then does all pieces itself, so that a
 * task can be made of whole ops.
 */
public final class WorkerPool implements AutoCloseable {

    /** Spins before a thread that waits offers its processor to others: longer than the gap between most ops of a small model. */
    private static final int SPINS_BEFORE_YIELD = 2_000;

    /**
     * Rounds of waiting before an idle worker parks. On a quiet machine a yield returns at once and the worker still sees the next op within a microsecond; on
     * a busy one it gives its processor away while it holds no work, rather than being interrupted later in the middle of a task that all others wait for.
     */
    private static final int ROUNDS_BEFORE_PARK = 4_000;

    /** Lower half of the state while no task may be claimed. */
    private static final int CLOSED = Integer.MAX_VALUE;

    private static final int NONE = -1;

    /** Work in numbered pieces. */
    public interface Task {

        /**
         * Does one piece.
         *
         * @param index which piece
         * @param worker who does it, in [0, threads): the key to per-worker scratch memory
         */
        void run(int index, int worker);
    }

    private final Worker[] workers;
    private final boolean[] parked;
    /** Upper half: generation; lower half: next unclaimed index. Claims are compare-and-set, so a claim made with stale fields fails. */
    private final AtomicLong state = new AtomicLong(CLOSED);
    private final AtomicInteger completed = new AtomicInteger();
    private volatile Task task;
    private volatile int count;
    /** Who called {@link #parallel}, while it has tasks; written by that thread, so others may see an older one but never themselves. */
    private volatile Thread caller;
    private final Object failureLock = new Object();
    private Throwable failure;
    private int failedIndex;
    private volatile boolean closing;

    /** Starts {@code threads - 1} daemon threads; the caller of {@link #parallel} is the remaining one. */
    public WorkerPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a pool of " + threads + " threads");
        }
        workers = new Worker[threads];
        parked = new boolean[threads];
        for (int worker = 1; worker < threads; worker++) {
            workers[worker] = new Worker(worker);
        }
        for (int worker = 1; worker < threads; worker++) {
            workers[worker].start();
        }
    }

    private final class Worker extends Thread {

        private final int number;

        Worker(int number) {
            super("crosscut-worker-" + number);
            this.number = number;
            setDaemon(true);
        }

        WorkerPool pool() {
            return WorkerPool.this;
        }

        @Override
        public void run() {
            work(number);
        }
    }

    /** Number of threads, the caller's included. */
    public int threads() {
        return workers.length;
    }

    /**
     * Runs {@code newTask} for every index in [0, newCount) and returns when all are done. When pieces throw, the exception of the lowest index is thrown
     * here after all that were claimed have ended, so that the same mistake gives the same message for any number of threads. Called from inside a task it runs
     * all pieces, in their order, on the worker that has the task.
     *
     * @throws IllegalStateException when called by two threads at once
     */
    public void parallel(int newCount, Task newTask) {
        if (newCount <= 0) {
            return;
        }
        int busyWorker = busyWorker();
        if (busyWorker != NONE || newCount == 1 || workers.length == 1) {
            int worker = Math.max(busyWorker, 0);
            for (int index = 0; index < newCount; index++) {
                newTask.run(index, worker);
            }
            return;
        }
        if (task != null) {
            throw new IllegalStateException("the worker pool is busy: parallel was called by two threads at once");
        }
        caller = Thread.currentThread();
        int generation = (int) (state.get() >>> 32) + 1;
        task = newTask;
        count = newCount;
        completed.set(0);
        // The caller has the first piece, in every launch: what that piece works on stays in the cache of its processor.
        state.set((long) generation << 32 | 1);
        wakeWorkers();
        runOne(newTask, 0, 0);
        claimAndRun(0);
        awaitCompletion(newCount);
        state.set((long) (generation + 1) << 32 | CLOSED);
        task = null;
        caller = null;
        throwFailure();
    }

    /** The worker that the calling thread is, if it has a task. */
    private int busyWorker() {
        Thread current = Thread.currentThread();
        if (current instanceof Worker worker && worker.pool() == this) {
            return worker.number;
        }
        return current == caller ? 0 : NONE;
    }

    /** The worker whose task the calling thread runs, 0 when it runs none: what an op launched here may use while others are launched in other tasks. */
    public int callingWorker() {
        return Math.max(busyWorker(), 0);
    }

    private void throwFailure() {
        Throwable thrown;
        synchronized (failureLock) {
            thrown = failure;
            failure = null;
        }
        switch (thrown) {
            case null -> { }
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            default -> throw new IllegalStateException(thrown);
        }
    }

    private void wakeWorkers() {
        synchronized (parked) {
            for (int worker = 1; worker < workers.length; worker++) {
                if (parked[worker]) {
                    parked[worker] = false;
                    LockSupport.unpark(workers[worker]);
                }
            }
        }
    }

    private boolean claimAndRun(int worker) {
        boolean ran = false;
        while (true) {
            long claim = state.get();
            int index = (int) claim;
            Task current = task;
            if (index == CLOSED || current == null || index >= count) {
                return ran;
            }
            if (state.compareAndSet(claim, claim + 1)) {
                runOne(current, index, worker);
                ran = true;
            }
        }
    }

    private void runOne(Task current, int index, int worker) {
        try {
            current.run(index, worker);
        } catch (Throwable thrown) {
            keepLowest(index, thrown);
        } finally {
            completed.incrementAndGet();
        }
    }

    private void keepLowest(int index, Throwable thrown) {
        synchronized (failureLock) {
            if (failure == null || index < failedIndex) {
                failure = thrown;
                failedIndex = index;
            }
        }
    }

    private void awaitCompletion(int wanted) {
        for (int spins = 0; completed.get() < wanted; spins++) {
            if (spins < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    private void work(int worker) {
        int idle = 0;
        while (!closing) {
            if (claimAndRun(worker)) {
                idle = 0;
            } else if (++idle < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else if (idle < ROUNDS_BEFORE_PARK) {
                Thread.yield();
            } else {
                park(worker);
                idle = 0;
            }
        }
    }

    private void park(int worker) {
        synchronized (parked) {
            long now = state.get();
            if (closing || (int) now < count && task != null) {
                return;
            }
            parked[worker] = true;
        }
        LockSupport.park(this);
    }

    /** Ends the threads. */
    @Override
    public void close() {
        closing = true;
        for (int worker = 1; worker < workers.length; worker++) {
            LockSupport.unpark(workers[worker]);
        }
    }
}
