package crosscut.kernels.collective;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import java.util.List;

/** A world of one: what is sent arrives here, and a sum over ranks is what it was. */
public final class SingleRankCollectives implements Collectives {

    private static final Operation NOTHING = _ -> {};

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public int size() {
        return 1;
    }

    @Override
    public boolean gainFromOverlap() {
        return false;
    }

    @Override
    public Collectives duplicate() {
        return this;
    }

    @Override
    public Operation allToAll(List<List<Tensor>> send, List<List<Tensor>> receive) {
        DenseTensors.requireOnePerRank("send", send, 1);
        DenseTensors.requireOnePerRank("receive", receive, 1);
        return DenseTensors.copy(send.getFirst(), receive.getFirst());
    }

    @Override
    public Operation allReduceSum(Tensor values) {
        return NOTHING;
    }

    @Override
    public Operation reduceScatterSum(List<Tensor> parts) {
        DenseTensors.requireSummable(CollectiveKind.REDUCE_SCATTER, parts, 1);
        return NOTHING;
    }

    @Override
    public Operation allGather(Tensor part, List<Tensor> parts) {
        return DenseTensors.copy(List.of(part), parts);
    }

    @Override
    public Operation broadcast(Tensor values, int root) {
        return NOTHING;
    }

    @Override
    public void barrier() {
        // Everybody is here.
    }

    @Override
    public List<byte[]> gather(byte[] part) {
        return List.of(part);
    }

    @Override
    public byte[] broadcast(byte[] content) {
        return content;
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
