package crosscut.kernels.embedding;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.device.cuda.Span;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.List;
import java.util.stream.Stream;

/** Binds segment reduce and row-wise optimizer: the three passes of {@code embedding_update.cuh}. */
final class CudaEmbeddingUpdate {

    private static final int THREADS = 256;
    private static final int WARP_LANES = 32;

    private final CudaContext context;
    private final CudaIdGroups groups;
    private final TableSet tableSet;
    private final UpdateRule rule;
    private final Tensor step;
    private final CudaTables tables;
    private final long tableArray;

    private CudaEmbeddingUpdate(CudaContext context, CudaIdGroups groups, Tensor gradient, TableSet tableSet, UpdateRule rule, Tensor step) {
        this.context = context;
        this.groups = groups;
        this.tableSet = tableSet;
        this.rule = rule;
        this.step = step;
        List<DeviceMemory> memories = isAdam() ? List.of(tableSet.weights(), tableSet.firstMoments(), tableSet.secondMoments()) : List.of(tableSet.weights());
        tables = new CudaTables(tableSet.tables(), groups.batchSize(), memories, gradient);
        tableArray = tables.upload(context, "tables of the embedding update").address();
    }

    static Operation bind(CudaContext context, CudaIdGroups groups, Tensor gradient, TableSet tableSet, UpdateRule rule, Tensor step) {
        CudaEmbeddingUpdate binding = new CudaEmbeddingUpdate(context, groups, gradient, tableSet, rule, step);
        return new OperationSequence(Stream.of(binding.chunks(gradient), binding.groups(), binding.rest()).toList());
    }

    private boolean isAdam() {
        return rule.kind() == UpdateRule.Kind.ADAM;
    }

    private Operation chunks(Tensor gradient) {
        int lanes = tables.groupLanes();
        KernelArguments arguments = arguments(groups.chunkSums()).tensor(gradient).int64(gradient.rowStride()).int32(lanes);
        return launch("update_chunks_" + Span.suffix(gradient.type()), tables.chunks() * lanes, arguments);
    }

    private Operation groups() {
        return launch("update_groups", tables.groups() * WARP_LANES, arguments(groups.chunkSums()).address(groups.groupSums().address()));
    }

    private Operation rest() {
        return launch("update_rest", tables.groups() * WARP_LANES, arguments(groups.groupSums()));
    }

    /** What the three kernels have in common. */
    private KernelArguments arguments(DeviceMemory sums) {
        return new KernelArguments().address(tableArray).int32(tables.count()).address(groups.pairs().address())
                .address(sums.address()).int64(groups.width())
                .address(tableSet.weights().address())
                .address(isAdam() ? tableSet.firstMoments().address() : 0)
                .address(isAdam() ? tableSet.secondMoments().address() : 0)
                .tensor(step).float32(rule.firstMomentWeight()).float32(rule.secondMomentWeight()).float32((float) rule.epsilon());
    }

    private Operation launch(String function, long threads, KernelArguments arguments) {
        return context.kernel(CudaEmbeddingOperations.FAMILY, function).bind(Math.ceilDiv(threads, (long) THREADS), THREADS, 0, arguments);
    }
}
