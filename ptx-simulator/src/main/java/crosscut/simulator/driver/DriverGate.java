package crosscut.simulator.driver;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.upcall.CallerMemoryException;
import crosscut.simulator.upcall.UnknownHandleException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What every call of the driver goes through: one call at a time, initialisation and current context required, and whatever goes wrong becomes a status, since
 * no exception may cross an upcall. After a kernel has faulted every call that needs the context fails with the fault's status, as on a GPU.
 */
final class DriverGate {

    private final ReentrantLock lock = new ReentrantLock();
    private final ThreadLocal<Long> currentContext = ThreadLocal.withInitial(() -> 0L);
    private final DriverReports reports;
    private boolean isInitialised;
    private boolean isClosed;
    private boolean isInHostFunction;
    private DriverStatus fault = DriverStatus.SUCCESS;
    private String lastError = "";

    DriverGate(DriverReports reports) {
        this.reports = reports;
    }

    /** A call that works on the current context. */
    int call(String function, Runnable body) {
        return guarded(function, () -> {
            requireInitialised();
            requireLive();
            if (currentContext.get() == 0) {
                throw new DriverException(DriverStatus.INVALID_CONTEXT, "thread " + Thread.currentThread().getName() + " has no current context; it has to call"
                        + " cuCtxSetCurrent first, as every thread that uses the driver");
            }
            body.run();
        });
    }

    /** A call that needs no context. */
    int callWithoutContext(String function, Runnable body) {
        return guarded(function, () -> {
            requireInitialised();
            body.run();
        });
    }

    /** A call that works even before cuInit. */
    int callUninitialised(String function, Runnable body) {
        return guarded(function, body);
    }

    private int guarded(String function, Runnable body) {
        lock.lock();
        try {
            if (isClosed) {
                return DriverStatus.DEINITIALIZED.code();
            }
            if (isInHostFunction) {
                reports.report(FindingKind.ARGUMENT, function + " was called from a function that cuLaunchHostFunc started; those must not call CUDA");
                return DriverStatus.NOT_PERMITTED.code();
            }
            body.run();
            return DriverStatus.SUCCESS.code();
        } catch (DriverException thrown) {
            return failed(function, thrown.status(), thrown.getMessage());
        } catch (UnknownHandleException thrown) {
            return failed(function, DriverStatus.INVALID_HANDLE, thrown.getMessage());
        } catch (CallerMemoryException thrown) {
            return failed(function, DriverStatus.INVALID_VALUE, thrown.getMessage());
        } catch (Throwable thrown) {
            reports.report(FindingKind.FAULT, "the simulator itself failed: " + function + " ended with " + thrown + at(thrown));
            return failed(function, DriverStatus.UNKNOWN, thrown.toString());
        } finally {
            lock.unlock();
        }
    }

    private static String at(Throwable thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        return trace.length == 0 ? "" : " at " + trace[0];
    }

    private int failed(String function, DriverStatus status, String reason) {
        lastError = function + " returned " + status.symbol() + ": " + reason;
        return status.code();
    }

    private void requireInitialised() {
        if (!isInitialised) {
            throw new DriverException(DriverStatus.NOT_INITIALIZED, "cuInit was not called");
        }
    }

    private void requireLive() {
        if (fault != DriverStatus.SUCCESS) {
            throw new DriverException(fault, "an earlier operation failed: " + reports.lastFault());
        }
    }


    void initialise() {
        isInitialised = true;
    }

    long currentContext() {
        return currentContext.get();
    }

    void setCurrentContext(long context) {
        currentContext.set(context);
    }

    /** Work of a stream has failed: from now on every call says so, the first time at the next call. */
    void failFromNowOn(DriverStatus status) {
        if (fault == DriverStatus.SUCCESS) {
            fault = status;
        }
    }

    boolean hasFailed() {
        return fault != DriverStatus.SUCCESS;
    }

    /** The last context is gone, and the fault with it. */
    void forgetFault() {
        fault = DriverStatus.SUCCESS;
    }

    void runHostFunction(Runnable function) {
        isInHostFunction = true;
        try {
            function.run();
        } finally {
            isInHostFunction = false;
        }
    }

    /** Why the last failed call failed, in words; a real driver gives only the status. */
    Optional<String> lastError() {
        return lastError.isEmpty() ? Optional.empty() : Optional.of(lastError);
    }

    /** Runs {@code body} between calls. */
    void exclusively(Runnable body) {
        lock.lock();
        try {
            body.run();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        isClosed = true;
    }
}
