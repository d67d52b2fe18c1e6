package crosscut.kernels.device.cuda;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a device has handed out and not yet got back. Closing frees it in the reverse order of its making, so that nothing outlives what it uses. */
final class OwnedResources implements AutoCloseable {

    private final Set<AutoCloseable> open = new LinkedHashSet<>();

    /** Keeps {@code resource} until it is forgotten or everything is closed. */
    synchronized <T extends AutoCloseable> T keep(T resource) {
        open.add(resource);
        return resource;
    }

    /** For a resource that closes: true the first time, when it is the caller's to free. */
    synchronized boolean forget(AutoCloseable resource) {
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
}
