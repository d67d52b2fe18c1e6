package crosscut.kernels.collective;

import java.util.ArrayList;
import java.util.List;

/** Collectives of ranks whose tensors lie on devices; small host data go over the sockets by which the ranks have met. */
abstract class DeviceCollectives implements Collectives {

    final Collectives hosts;
    private final List<DeviceCollectives> duplicates = new ArrayList<>();

    /** Takes {@code hosts} over and closes it. */
    DeviceCollectives(Collectives hosts) {
        this.hosts = hosts;
    }

    @Override
    public final int rank() {
        return hosts.rank();
    }

    @Override
    public final int size() {
        return hosts.size();
    }

    @Override
    public final boolean gainFromOverlap() {
        return true;
    }

    /** Connects the same ranks once more; all do so together. */
    abstract DeviceCollectives connectAgain();

    /** Throws what went wrong on these connections. */
    abstract void checkConnections();

    /** Closes these connections and {@link #hosts}. */
    abstract void closeConnections();

    @Override
    public final Collectives duplicate() {
        check();
        DeviceCollectives duplicate = connectAgain();
        duplicates.add(duplicate);
        return duplicate;
    }

    @Override
    public final void check() {
        checkConnections();
        for (int index = 0; index < duplicates.size(); index++) {
            duplicates.get(index).check();
        }
    }

    @Override
    public final void close() {
        try {
            closeConnections();
        } finally {
            duplicates.forEach(DeviceCollectives::close);
        }
    }

    @Override
    public final void barrier() {
        check();
        hosts.barrier();
    }

    @Override
    public final List<byte[]> gather(byte[] part) {
        check();
        return hosts.gather(part);
    }

    @Override
    public final byte[] broadcast(byte[] content) {
        check();
        return hosts.broadcast(content);
    }
}
