package crosscut.kernels.device.cuda;

import crosscut.kernels.batch.CudaBatchOperations;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.collective.NcclCollectives;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkingMemory;
import crosscut.kernels.embedding.CudaEmbeddingOperations;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.gemm.CublasLtMatrixProducts;
import crosscut.kernels.loss.CudaLossOperations;
import crosscut.kernels.loss.LastLayer;
import java.util.List;

/**
 * What a GPU that is used in that way allocates for its own work.
 *
 * @param options how the GPU is used
 */
public record CudaWorkingMemory(CudaOptions options) implements WorkingMemory {

    @Override
    public boolean overlapsStreams() {
        return true;
    }

    @Override
    public List<PlannedMemory> ofIdGroups(TableSet tables, int batchSize, boolean isDoubleBuffered) {
        return CudaEmbeddingOperations.plannedIdGroups(tables, batchSize, isDoubleBuffered);
    }

    @Override
    public List<PlannedMemory> ofStream(String name) {
        return List.of(CudaStream.plannedWorkspace(name, options.workspaceBytes()));
    }

    @Override
    public List<PlannedMemory> ofDecoder(RawBatchLayout layout) {
        return List.of(CudaBatchOperations.plannedRaw(layout));
    }

    @Override
    public List<PlannedMemory> ofInputGradient(Tensor weights, Tensor reluOutput) {
        return CublasLtMatrixProducts.plannedMasks(weights, reluOutput);
    }

    @Override
    public List<PlannedMemory> ofLastLayer(LastLayer layer) {
        return CudaLossOperations.plannedSums(layer);
    }

    /** Products read weights where they lie. */
    @Override
    public List<PlannedMemory> ofFixedWeights(Tensor weights) {
        return List.of();
    }

    /** Simulated devices exchange through host memory. */
    @Override
    public List<PlannedMemory> ofAllReduce(Tensor values, int rank, int ranks) {
        return options.separatesViews() ? List.of() : NcclCollectives.plannedAllReduce(values, rank, ranks);
    }

    @Override
    public List<PlannedMemory> ofReduceScatter(List<Tensor> parts, int rank) {
        return options.separatesViews() ? List.of() : NcclCollectives.plannedReduceScatter(parts, rank);
    }

    @Override
    public List<PlannedMemory> ofProcess(List<PlannedMemory> allocations) {
        return List.of();
    }
}
