package crosscut.kernels.collective;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import java.util.List;

/**
 * Exchanges among the ranks of one world. Every rank binds the same operations and launches them in the same order; whoever does otherwise gets a
 * {@link CollectiveException}, not another rank's bytes. One thread at a time may launch.
 *
 * <p>All tensors are dense. When another rank is gone there is a {@link PeerLostException}, when it does not come in time a {@link CollectiveException}; after
 * either nothing can be launched any more. Where launching only enqueues, {@link #check} throws it, and so does the next launch.
 */
public interface Collectives extends AutoCloseable {

    /** This process's number, in [0, size). */
    int rank();

    /** Number of ranks. */
    int size();

    /**
     * Whether exchanges gain from running beside the device's own work. They do not where they are copies of memory by the processors that do that work: then a
     * thread of their own only takes turns with it.
     */
    boolean gainFromOverlap();

    /**
     * Every rank sends something to every rank: what lies in {@code send.get(p)} arrives in {@code receive.get(rank)} of rank p.
     *
     * @param send for every rank the tensors for it, perhaps none
     * @param receive for every rank the tensors from it, tensor by tensor of the sizes that it sends
     */
    Operation allToAll(List<List<Tensor>> send, List<List<Tensor>> receive);

    /**
     * {@code values = sum over ranks of values}, in place. Each element is added in the order of ranks, {@code ((v_0 + v_1) + v_2) + ...} in fp32, so every
     * rank and every run gets the same bits. The elements are cut into as many chunks as there are ranks; rank c sums chunk c, then all get all chunks.
     *
     * @param values FLOAT32, of one size on all ranks
     */
    Operation allReduceSum(Tensor values);

    /**
     * {@code parts[rank] = sum over ranks of parts[rank]}, in place, with the bits of {@link #allReduceSum}; the parts for other ranks stay as they are.
     *
     * @param parts FLOAT32, one per rank, perhaps empty; of the same sizes on all ranks
     */
    Operation reduceScatterSum(List<Tensor> parts);

    /**
     * Every rank gets every rank's part.
     *
     * @param part what this rank gives
     * @param parts one per rank, as large as that rank's part
     */
    Operation allGather(Tensor part, List<Tensor> parts);

    /**
     * The same ranks over connections of their own, to be asked for by all of them together. What is launched there has an order of its own: it may be under
     * way at the same time as exchanges that are launched here. {@link #check} looks after both, and {@link #close} closes both.
     */
    Collectives duplicate();

    /** {@code values} of rank {@code root} become everybody's. */
    Operation broadcast(Tensor values, int root);

    /** Returns when every rank has called it. */
    void barrier();

    /**
     * Brings small host data to rank 0; not for the step.
     *
     * @return on rank 0 everybody's part in the order of ranks, elsewhere an empty list
     */
    List<byte[]> gather(byte[] part);

    /**
     * Brings small host data of rank 0 to all; not for the step.
     *
     * @param content looked at on rank 0 only
     * @return what rank 0 gave
     */
    byte[] broadcast(byte[] content);

    /**
     * Throws what went wrong in exchanges that were launched. To be asked when the host has waited for them and before it believes their results. Where an
     * exchange has run when its launch returns, the launch has thrown already.
     */
    default void check() {
        // Nothing is under way.
    }

    /** Leaves the world. The others notice when they next wait for this rank. Closing twice does nothing. */
    @Override
    void close();
}
