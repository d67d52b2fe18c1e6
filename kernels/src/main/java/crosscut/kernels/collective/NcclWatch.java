package crosscut.kernels.collective;

import crosscut.bindings.NativeException;
import crosscut.bindings.nccl.Nccl;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks after exchanges that run on the GPU, where nobody waits for them: a thread asks the library for errors and looks in pinned memory how far the stream
 * has come, which kernels before and after every exchange note there, replayed ones too. An exchange that fails or does not end in time is aborted, so that
 * whoever waits for the stream goes on, and learns of it from {@link #check}.
 */
final class NcclWatch implements AutoCloseable {

    /** Longest wait for exchanges that are under way when the rank leaves. */
    private static final Duration LEAVING = Duration.ofSeconds(10);
    private static final long MOST_POLL_MILLIS = 200;
    private static final int OUTSIDE = 0;
    private static final int MARKS = 0;
    private static final int PLACE = 1;

    private final CudaContext context;
    private final Nccl library;
    private final long communicator;
    private final int rank;
    private final DeviceMemory progress;
    private final MemorySegment onHost;
    private final List<String> exchanges = new ArrayList<>(List.of("nothing"));
    private final Thread thread = new Thread(this::watch, "NCCL watch");
    private volatile Duration timeout;
    private volatile boolean isClosed;
    private volatile CollectiveException failure;

    /**
     * Starts watching.
     *
     * @param timeout longest time without progress inside an exchange
     */
    NcclWatch(CudaContext context, Nccl library, long communicator, int rank, Duration timeout) {
        this.context = context;
        this.library = library;
        this.communicator = communicator;
        this.rank = rank;
        this.timeout = timeout;
        progress = context.allocateHost("progress of exchanges", 2 * Integer.BYTES);
        onHost = progress.hostSegment();
        thread.setDaemon(true);
        thread.start();
    }

    /** {@code exchange} between two notes of where the stream is; {@code name} is what a timeout calls it. */
    Operation watched(String name, Operation exchange) {
        int place;
        synchronized (exchanges) {
            place = exchanges.size();
            exchanges.add(name);
        }
        return new OperationSequence(List.of(_ -> check(), mark(place), exchange, mark(OUTSIDE)));
    }

    private Operation mark(int place) {
        return context.kernel(NcclCollectives.FAMILY, "mark").bind(1, 1, 0, new KernelArguments().address(progress.address()).int32(place));
    }

    /** Throws what was found wrong. */
    void check() {
        if (failure != null) {
            throw failure;
        }
    }

    /** The rank is about to leave: from now on exchanges have to end soon. */
    void leave() {
        Duration left = timeout;
        timeout = left.compareTo(LEAVING) < 0 ? left : LEAVING;
    }

    private void watch() {
        int seen = 0;
        long since = System.nanoTime();
        while (!isClosed && failure == null) {
            int marks = at(MARKS);
            int place = at(PLACE);
            if (marks != seen || place == OUTSIDE) {
                seen = marks;
                since = System.nanoTime();
            }
            try {
                library.checkAsynchronous(communicator);
            } catch (NativeException error) {
                abort("rank " + rank + " in " + name(place) + ": " + error.getMessage(), error);
                return;
            }
            if (System.nanoTime() - since > timeout.toNanos()) {
                abort("rank " + rank + " waited " + text(timeout) + " in " + name(place) + " for another rank", null);
                return;
            }
            sleep();
        }
    }

    private int at(int index) {
        return (int) ValueLayout.JAVA_INT.varHandle().getVolatile(onHost, (long) index * Integer.BYTES);
    }

    private String name(int place) {
        synchronized (exchanges) {
            return exchanges.get(place);
        }
    }

    private static String text(Duration duration) {
        return duration.toMillis() < 10_000 ? duration.toMillis() + " ms" : duration.toSeconds() + " s";
    }

    private void sleep() {
        try {
            Thread.sleep(Math.clamp(timeout.toMillis() / 10, 1, MOST_POLL_MILLIS));
        } catch (InterruptedException closing) {
            // The loop looks whether it is over.
        }
    }

    /** Tells first, because aborting may wait for graphs that the others free only when they know. */
    private void abort(String message, NativeException cause) {
        failure = new CollectiveException(message, cause);
        try {
            library.abort(communicator);
        } catch (NativeException second) {
            failure.addSuppressed(second);
        }
    }

    /** True when the communicator is gone. */
    boolean hasAborted() {
        return failure != null;
    }

    /** Stops watching; the device frees the memory. */
    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
        try {
            thread.join(LEAVING.toMillis());
        } catch (InterruptedException leaving) {
            Thread.currentThread().interrupt();
        }
    }
}
