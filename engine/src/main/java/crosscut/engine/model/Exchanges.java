package crosscut.engine.model;

import crosscut.kernels.collective.Collectives;
import crosscut.kernels.device.Branch;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pass exchanges with other ranks beside its own work. The exchanges follow each other on one stream, in the order in which they are forked, because all
 * ranks have to make them in one order.
 */
final class Exchanges implements AutoCloseable {

    private final Device device;
    private final Stream stream;
    private final List<Branch> branches = new ArrayList<>();

    Exchanges(Device device, Collectives collectives) {
        this.device = device;
        this.stream = collectives.gainFromOverlap() ? device.createExchangeStream("exchanges") : device.createStreamWithoutProducts("exchanges");
    }

    /** A branch that makes one exchange. */
    Branch branch(Operation exchange) {
        Branch branch = new Branch(device, stream, exchange);
        branches.add(branch);
        return branch;
    }

    /** Ends the exchanges, then frees their marks. */
    @Override
    public void close() {
        stream.close();
        branches.forEach(Branch::close);
    }
}
