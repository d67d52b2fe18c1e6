package crosscut.engine.model;

import crosscut.kernels.device.Branch;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import java.util.ArrayList;
import java.util.List;

/**
 * What the way back does beside its main stream: weight gradients, which nothing but the update waits for. They follow each other on one side stream. On the
 * CPU they run where they are forked.
 */
final class SideWork implements AutoCloseable {

    private final Device device;
    private final Stream side;
    private final DenseGradientSum sums;
    private final List<Branch> branches = new ArrayList<>();

    /** @param sums what follows the gradients on several ranks, null on a single one */
    SideWork(Device device, DenseGradientSum sums) {
        this.device = device;
        this.sums = sums;
        this.side = device.createStream("weight gradients");
    }

    /** A branch that does these operations in order; it must be forked in every step. */
    Branch branch(Operation... work) {
        Branch branch = new Branch(device, side, work.length == 1 ? work[0] : new OperationSequence(List.of(work)));
        branches.add(branch);
        return branch;
    }

    /** Lets the side stream come behind what the main stream has been given so far: the gradients that the main stream writes, before sums over ranks. */
    Operation afterMain() {
        return branch().fork();
    }

    /**
     * To be launched when all branches of one part of the parameters have been forked.
     *
     * @param part as {@link DenseLayout#parts} names it
     */
    Operation afterPart(String part) {
        return sums == null ? _ -> { } : sums.start(part, side);
    }

    /** Lets everything launched on {@code main} from now on come behind all branches, and behind the sums over ranks. */
    void join(Stream main) {
        for (int index = 0; index < branches.size(); index++) {
            branches.get(index).join().launch(main);
        }
        if (sums != null) {
            sums.join(main);
        }
    }

    @Override
    public void close() {
        branches.forEach(Branch::close);
        side.close();
    }
}
