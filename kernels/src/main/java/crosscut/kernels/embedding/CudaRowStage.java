package crosscut.kernels.embedding;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import java.util.List;

/** Binds the staging of rows: {@code embedding_staging.cuh}, a warp per chunk of sorted pairs. */
final class CudaRowStage {

    private static final int THREADS = 256;
    private static final int WARP_LANES = 32;

    private CudaRowStage() {
    }

    static Operation bind(CudaContext context, CudaIdGroups groups, TableSet tableSet, RowStage stage) {
        CudaTables tables = new CudaTables(tableSet.tables(), groups.batchSize(), List.of(tableSet.weights(), stage.tables().weights()), null);
        CudaTables copies = new CudaTables(stage.tables().tables(), groups.batchSize(), List.of(stage.tables().weights()), null);
        KernelArguments arguments = new KernelArguments().address(tables.upload(context, "tables of the staging of rows").address())
                .address(copies.upload(context, "copies of the staging of rows").address()).int32(tables.count()).address(groups.pairs().address())
                .address(tableSet.weights().address()).address(stage.tables().weights().address()).tensor(stage.places());
        return context.kernel(CudaEmbeddingOperations.FAMILY, "stage_rows")
                .bind(Math.ceilDiv(tables.chunks() * WARP_LANES, (long) THREADS), THREADS, 0, arguments);
    }
}
