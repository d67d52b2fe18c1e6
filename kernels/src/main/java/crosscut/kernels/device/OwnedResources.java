package crosscut.kernels.device;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What one owner has opened and not yet closed: a device, what it has handed out; a pass, its parts, which it also closes when it cannot be completed. Closing
 * frees it in the reverse order of its making, so that nothing outlives what it uses.
 */
public final class OwnedResources implements AutoCloseable {

    private final Set<AutoCloseable> open = new LinkedHashSet<>();

    /** Keeps {@code resource} until it is forgotten or everything is closed. */
    public synchronized <T extends AutoCloseable> T keep(T resource) {
        open.add(resource);
        return resource;
    }

    /** For a resource that closes: true the first time, when it is the caller's to free. */
    public synchronized boolean forget(AutoCloseable resource) {
        return open.remove(resource);
    }

    private synchronized List<AutoCloseable> newestFirst() {
        return new ArrayList<>(open).reversed();
    }

    /** Closes all; when some fail the others are closed nevertheless and the first failure is thrown with the rest attached. */
    @Override
    public void close() {
        RuntimeException first = null;
        for (AutoCloseable resource : newestFirst()) {
            try {
                resource.close();
            } catch (Exception failure) {
                if (first == null) {
                    first = failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** For a constructor that failed: closes all, and attaches to {@code failure} what that failed with. */
    public void closeAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException second) {
            failure.addSuppressed(second);
        }
    }
}
