package crosscut.simulator.blas;

import crosscut.simulator.driver.DriverException;
import crosscut.simulator.upcall.CallerMemoryException;
import crosscut.simulator.upcall.UnknownHandleException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** What every call of cuBLASLt goes through: whatever goes wrong becomes a status, since no exception may cross an upcall. */
final class BlasGate {

    private final ReentrantLock lock = new ReentrantLock();
    private boolean isClosed;
    private String lastError = "";

    int call(String function, Runnable body) {
        lock.lock();
        try {
            if (isClosed) {
                return BlasStatus.NOT_INITIALIZED.code();
            }
            body.run();
            return BlasStatus.SUCCESS.code();
        } catch (BlasException thrown) {
            return failed(function, thrown.status(), thrown.getMessage());
        } catch (CallerMemoryException | UnknownHandleException thrown) {
            return failed(function, BlasStatus.INVALID_VALUE, thrown.getMessage());
        } catch (DriverException thrown) {
            return failed(function, BlasStatus.EXECUTION_FAILED, thrown.getMessage());
        } catch (Throwable thrown) {
            return failed(function, BlasStatus.INTERNAL_ERROR, thrown.toString());
        } finally {
            lock.unlock();
        }
    }

    private int failed(String function, BlasStatus status, String reason) {
        lastError = function + " returned " + status.symbol() + ": " + reason;
        return status.code();
    }

    Optional<String> lastError() {
        return lastError.isEmpty() ? Optional.empty() : Optional.of(lastError);
    }

    /** Ends the library; false when it had ended before. */
    boolean close() {
        lock.lock();
        try {
            boolean wasOpen = !isClosed;
            isClosed = true;
            return wasOpen;
        } finally {
            lock.unlock();
        }
    }
}
