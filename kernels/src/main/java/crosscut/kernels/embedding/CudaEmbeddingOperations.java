package crosscut.kernels.embedding;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.List;

/** {@link EmbeddingOperations} on a GPU, with the kernels of {@code embedding.cu}. */
public final class CudaEmbeddingOperations implements EmbeddingOperations {

    static final String FAMILY = "embedding";

    /** {@code COUNTING_THREADS} of {@code embedding_rows.cuh}. */
    private static final int COUNTING_THREADS = 256;

    private final CudaContext context;

    public CudaEmbeddingOperations(CudaContext context) {
        this.context = context;
    }

    @Override
    public Operation gather(TableSet tables, Tensor ids, Tensor output) {
        EmbeddingChecks.gather(tables, ids, output);
        return CudaGather.bind(context, tables, ids, output);
    }

    @Override
    public IdGroups createIdGroups(TableSet tables, int batchSize) {
        return new CudaIdGroups(context, tables, batchSize, false);
    }

    @Override
    public IdGroups createDoubleBufferedIdGroups(TableSet tables, int batchSize) {
        return new CudaIdGroups(context, tables, batchSize, true);
    }

    /** What {@link #createIdGroups} or {@link #createDoubleBufferedIdGroups} allocates. */
    public static List<PlannedMemory> plannedIdGroups(TableSet tables, int batchSize, boolean isDoubleBuffered) {
        return CudaIdGroups.planned(tables, batchSize, isDoubleBuffered);
    }

    @Override
    public Operation groupIds(Tensor ids, IdGroups groups) {
        CudaIdGroups cudaGroups = (CudaIdGroups) groups;
        EmbeddingChecks.ids(cudaGroups.tableSet(), ids, cudaGroups.batchSize());
        return CudaGroupIds.bind(context, ids, cudaGroups);
    }

    @Override
    public Operation countRows(IdGroups groups, Tensor counts) {
        CudaIdGroups cudaGroups = (CudaIdGroups) groups;
        EmbeddingChecks.countRows(cudaGroups.tableSet(), counts);
        KernelArguments arguments = new KernelArguments().address(cudaGroups.tableArray().address()).address(cudaGroups.pairs().address()).tensor(counts);
        return context.kernel(FAMILY, "count_rows").bind(cudaGroups.tables().count(), COUNTING_THREADS, 0, arguments);
    }

    @Override
    public Operation update(IdGroups groups, Tensor gradient, TableSet tables, UpdateRule rule, Tensor step) {
        CudaIdGroups cudaGroups = (CudaIdGroups) groups;
        EmbeddingChecks.update(cudaGroups.tableSet(), cudaGroups.batchSize(), gradient, tables, rule, step);
        return CudaEmbeddingUpdate.bind(context, cudaGroups, gradient, tables, rule, step);
    }

    @Override
    public Operation stageRows(IdGroups groups, TableSet tables, RowStage stage) {
        CudaIdGroups cudaGroups = (CudaIdGroups) groups;
        EmbeddingChecks.stageRows(cudaGroups.tableSet(), cudaGroups.batchSize(), tables, stage);
        return CudaRowStage.bind(context, cudaGroups, tables, stage);
    }
}
