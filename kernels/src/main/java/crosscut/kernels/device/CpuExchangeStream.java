package crosscut.kernels.device;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that runs what is launched on it, in order, beside the one thread that launches. After a failure nothing more runs, and whoever waits gets the
 * failure.
 */
final class CpuExchangeStream implements Stream {

    /** More than a step launches. */
    private static final int CAPACITY = 64;

    /** A step is often over before the system could wake a thread that sleeps. */
    private static final int SPINS = 1000;

    /** Longest time that an exchange gets to end by itself when nobody wants its result any more. */
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final Operation[] queue = new Operation[CAPACITY];
    private final Thread thread;
    private volatile long launched;
    private volatile long finished;
    private volatile Thread waiter;
    private volatile Throwable failure;
    private volatile boolean closed;

    CpuExchangeStream(String name) {
        thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    @Override
    public void launch(Operation operation) {
        await(launched - CAPACITY + 1);
        queue[(int) (launched % CAPACITY)] = operation;
        launched = launched + 1;
        LockSupport.unpark(thread);
    }

    /** Number of operations launched so far, the mark of what has been launched until now. */
    long mark() {
        return launched;
    }

    boolean hasPassed(long mark) {
        return finished >= mark;
    }

    /** Returns when everything before {@code mark} has run. */
    void await(long mark) {
        waiter = Thread.currentThread();
        for (int spins = 0; finished < mark; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
        switch (failure) {
            case null -> { }
            case RuntimeException thrown -> throw thrown;
            case Error thrown -> throw thrown;
            case Throwable thrown -> throw new IllegalStateException(thrown);
        }
    }

    @Override
    public void synchronize() {
        await(launched);
    }

    @Override
    public void await(Event event) {
        event.synchronize();
    }

    private void run() {
        while (!closed) {
            if (finished == launched) {
                LockSupport.park(this);
            } else {
                runOne(queue[(int) (finished % CAPACITY)]);
                finished = finished + 1;
                LockSupport.unpark(waiter);
            }
        }
    }

    private void runOne(Operation operation) {
        if (failure != null) {
            return;
        }
        try {
            operation.launch(this);
        } catch (RuntimeException | Error thrown) {
            failure = thrown;
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            if (!thread.join(CLOSING)) {
                thread.interrupt();
                thread.join(CLOSING);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
