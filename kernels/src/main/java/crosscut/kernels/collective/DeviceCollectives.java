package crosscut.kernels.collective;

import java.util.List;

/** Collectives of ranks whose tensors lie on devices; small host data go over the sockets by which the ranks have met. */
abstract class DeviceCollectives implements Collectives {

    final Collectives hosts;

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
