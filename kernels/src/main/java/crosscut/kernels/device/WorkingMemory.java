package crosscut.kernels.device;

import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.gemm.FixedWeights;
import crosscut.kernels.gemm.ProductTerms;
import crosscut.kernels.loss.LastLayer;
import java.util.List;

/**
 * What a kind of device allocates for its own work, beside the tensors that it is given: known without having such a device, so that memory can be planned.
 * Tables of addresses, counters and the like, a few KiB each, are left out.
 */
public interface WorkingMemory {

    /** What {@link Device#overlapsStreams} answers: whether a step needs room for a batch that is prepared beside it. */
    boolean overlapsStreams();

    /** What {@link Device#trainingSlices} answers. */
    default SampleSlices trainingSlices(int batch, long weightBytes, long activationBytes) {
        return SampleSlices.whole(batch);
    }

    /** What {@link Device#independentSlots} answers. */
    default int independentSlots() {
        return 1;
    }

    /**
     * What {@link crosscut.kernels.embedding.EmbeddingOperations#createIdGroups} allocates.
     *
     * @param isDoubleBuffered for {@link crosscut.kernels.embedding.EmbeddingOperations#createDoubleBufferedIdGroups}
     */
    List<PlannedMemory> ofIdGroups(TableSet tables, int batchSize, boolean isDoubleBuffered);

    /** What {@link Device#createStream} allocates; other streams allocate nothing. */
    List<PlannedMemory> ofStream(String name);

    /** What {@link crosscut.kernels.batch.BatchOperations#decoder} allocates. */
    List<PlannedMemory> ofDecoder(RawBatchLayout layout);

    /**
     * What {@link crosscut.kernels.gemm.MatrixProducts#inputGradient} allocates.
     *
     * @param reluOutput the output of the ReLU that the gradient goes through, or null
     */
    List<PlannedMemory> ofInputGradient(Tensor weights, Tensor reluOutput);

    /** What {@link crosscut.kernels.loss.LossOperations#lastLayer} allocates. */
    List<PlannedMemory> ofLastLayer(LastLayer layer);

    /** What {@link crosscut.kernels.gemm.FixedWeights} keep of such weights, at most. */
    List<PlannedMemory> ofFixedWeights(Tensor weights);

    /**
     * Bytes that a launch of a product needs for copies of its operands, at most. Launches that follow each other on a thread share them.
     *
     * @param fixed keeps copies of the weights for many launches; null where there is none
     */
    default long ofLaunch(ProductTerms product, FixedWeights fixed) {
        return 0;
    }

    /**
     * What {@link crosscut.kernels.collective.Collectives#allReduceSum} allocates on the device; nothing on a single rank.
     *
     * @param values what is summed
     */
    List<PlannedMemory> ofAllReduce(Tensor values, int rank, int ranks);

    /**
     * What {@link crosscut.kernels.collective.Collectives#reduceScatterSum} allocates on the device; nothing on a single rank.
     *
     * @param parts one per rank
     */
    List<PlannedMemory> ofReduceScatter(List<Tensor> parts, int rank);

    /**
     * What a rank's process takes besides; empty where the driver's share in it, which nobody can know beforehand, is most of it.
     *
     * @param allocations all that the engine asks for
     */
    List<PlannedMemory> ofProcess(List<PlannedMemory> allocations);
}
