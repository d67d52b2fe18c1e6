package crosscut.kernels.device;

import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.collective.SocketCollectives;
import crosscut.kernels.embedding.CpuEmbeddingOperations;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.FixedWeights;
import crosscut.kernels.gemm.OneDnnMatrixProducts;
import crosscut.kernels.gemm.ProductTerms;
import crosscut.kernels.loss.LastLayer;
import java.util.List;

/**
 * The processor decodes batches where the reader has put them and finds a ReLU's mask in its output; it sorts ids in memory of its own, keeps copies of fixed
 * weights and, for a launch, of a product's operands. Ranks receive the others' terms of a sum before they add them.
 *
 * @param threads workers of the device
 */
public record CpuWorkingMemory(int threads) implements WorkingMemory {

    @Override
    public boolean overlapsStreams() {
        return false;
    }

    @Override
    public SampleSlices trainingSlices(int batch, long weightBytes, long activationBytes) {
        return TrainingCut.slices(batch, weightBytes, activationBytes);
    }

    @Override
    public int independentSlots() {
        return threads;
    }

    @Override
    public List<PlannedMemory> ofIdGroups(TableSet tables, int batchSize, boolean isDoubleBuffered) {
        return CpuEmbeddingOperations.plannedIdGroups(tables, batchSize, isDoubleBuffered);
    }

    @Override
    public List<PlannedMemory> ofStream(String name) {
        return List.of();
    }

    @Override
    public List<PlannedMemory> ofDecoder(RawBatchLayout layout) {
        return List.of();
    }

    @Override
    public List<PlannedMemory> ofInputGradient(Tensor weights, Tensor reluOutput) {
        return List.of();
    }

    @Override
    public List<PlannedMemory> ofLastLayer(LastLayer layer) {
        return List.of();
    }

    @Override
    public List<PlannedMemory> ofFixedWeights(Tensor weights) {
        return List.of(CpuMatrixProducts.plannedCopy(weights));
    }

    /** What oneDNN's products copy with vectors of 256 bits or more; others copy nothing for a launch. */
    @Override
    public long ofLaunch(ProductTerms product, FixedWeights fixed) {
        return OneDnnMatrixProducts.copiedBytes(product, fixed);
    }

    @Override
    public List<PlannedMemory> ofAllReduce(Tensor values, int rank, int ranks) {
        return SocketCollectives.plannedAllReduce(values, rank, ranks);
    }

    @Override
    public List<PlannedMemory> ofReduceScatter(List<Tensor> parts, int rank) {
        return SocketCollectives.plannedReduceScatter(parts, rank);
    }

    @Override
    public List<PlannedMemory> ofProcess(List<PlannedMemory> allocations) {
        return ProcessMemory.planned(threads, allocations);
    }
}
