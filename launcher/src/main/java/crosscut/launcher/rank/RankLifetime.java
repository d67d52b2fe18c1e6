package crosscut.launcher.rank;

import crosscut.engine.UserException;
import crosscut.engine.progress.ProgressListener;
import crosscut.kernels.collective.CollectiveException;
import crosscut.kernels.collective.PeerLostException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * From a rank's first to its last moment: runs the job, tells the supervisor why it failed, and turns SIGTERM and SIGINT into a request to stop, whose
 * fulfilment the end of the process waits for.
 */
public final class RankLifetime {

    /** Exit status of a rank that failed only because another one was gone; EX_UNAVAILABLE of sysexits. */
    public static final int PEER_LOST = 69;

    /** Exit status of a rank that met something that the user has to put right. */
    public static final int USER_ERROR = 1;

    private static final int INTERNAL_ERROR = 70;

    private final PrintStream output;
    private final boolean stackTrace;
    private final RankLines lines = new RankLines();
    private final Runnable stopRequest;
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile int status;
    private volatile boolean stopping;

    /**
     * @param output where the supervisor listens
     * @param stopRequest asks the job to come to an end soon; called from another thread
     * @param stackTrace whether failures carry theirs
     */
    public RankLifetime(PrintStream output, Runnable stopRequest, boolean stackTrace) {
        this.output = output;
        this.stopRequest = stopRequest;
        this.stackTrace = stackTrace;
    }

    /**
     * Runs the job to its end.
     *
     * @param input the end of which means that the supervisor is gone
     * @param job what the rank does; it reports to the listener that it is given
     * @return the exit status. After a signal it must not be passed to {@link System#exit}, which would wait for ever: see {@link #isStopping}
     */
    public int run(InputStream input, Consumer<ProgressListener> job) {
        SupervisorWatch.start(input);
        Runtime.getRuntime().addShutdownHook(new Thread(this::onShutdown, "stop-at-step-boundary"));
        return execute(job);
    }

    /** Runs the job without heeding supervisor and signals. */
    int execute(Consumer<ProgressListener> job) {
        try {
            job.accept(event -> output.println(lines.line(event)));
        } catch (UserException failure) {
            status = report(failure.getMessage(), failure, USER_ERROR);
        } catch (PeerLostException failure) {
            status = report(failure.getMessage(), failure, PEER_LOST);
        } catch (CollectiveException failure) {
            status = report(failure.getMessage(), failure, USER_ERROR);
        } catch (Throwable failure) {
            status = report("internal error: " + failure + (stackTrace ? "" : " (run again with --stacktrace)"), failure, INTERNAL_ERROR);
        } finally {
            output.flush();
            finished.countDown();
        }
        return status;
    }

    /** True when a signal has begun the end of the process. */
    public boolean isStopping() {
        return stopping;
    }

    /** Called by the JVM after a signal, and after a normal end, when there is nothing left to wait for. */
    private void onShutdown() {
        stopping = true;
        stopRequest.run();
        while (finished.getCount() > 0) {
            try {
                finished.await();
            } catch (InterruptedException shuttingDown) {
                // The checkpoint is worth more than a quick end.
                continue;
            }
        }
        if (status != 0) {
            Runtime.getRuntime().halt(status);
        }
    }

    private int report(String message, Throwable failure, int failureStatus) {
        StringWriter trace = new StringWriter();
        if (stackTrace) {
            failure.printStackTrace(new PrintWriter(trace, true));
        }
        output.println(lines.line(new RankFailure(message, trace.toString())));
        return failureStatus;
    }
}
