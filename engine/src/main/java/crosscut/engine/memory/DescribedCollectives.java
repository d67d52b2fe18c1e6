package crosscut.engine.memory;

import crosscut.kernels.collective.Collectives;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkingMemory;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * One rank's view of ranks that do not exist: exchanges can be bound, and do nothing.
 *
 * @param rank in [0, size)
 * @param size number of ranks
 * @param working what the ranks' devices allocate for sums
 * @param allocations is told of that
 */
public record DescribedCollectives(int rank, int size, WorkingMemory working, Consumer<PlannedMemory> allocations) implements Collectives {

    private static final Operation NOTHING = _ -> { };

    /** For those who do not plan memory. */
    public DescribedCollectives(int rank, int size, WorkingMemory working) {
        this(rank, size, working, _ -> { });
    }

    @Override
    public boolean gainFromOverlap() {
        return true;
    }

    @Override
    public Collectives duplicate() {
        return this;
    }

    @Override
    public Operation allToAll(List<List<Tensor>> send, List<List<Tensor>> receive) {
        return NOTHING;
    }

    @Override
    public Operation allReduceSum(Tensor values) {
        working.ofAllReduce(values, rank, size).forEach(allocations);
        return NOTHING;
    }

    @Override
    public Operation reduceScatterSum(List<Tensor> parts) {
        working.ofReduceScatter(parts, rank).forEach(allocations);
        return NOTHING;
    }

    @Override
    public Operation allGather(Tensor part, List<Tensor> parts) {
        return NOTHING;
    }

    @Override
    public Operation broadcast(Tensor values, int root) {
        return NOTHING;
    }

    @Override
    public void barrier() {
        // Nobody comes.
    }

    @Override
    public List<byte[]> gather(byte[] part) {
        return rank == 0 ? Collections.nCopies(size, part) : List.of();
    }

    @Override
    public byte[] broadcast(byte[] content) {
        return content;
    }

    @Override
    public void close() {
        // Nothing was opened.
    }
}
