package crosscut.kernels.embedding;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.device.cuda.Span;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Binds the gather: one launch for each way in which some of the tables can be read. */
final class CudaGather {

    private static final int THREADS = 256;
    private static final int WARP_LANES = 32;

    private final CudaContext context;
    private final TableSet tableSet;
    private final Tensor ids;
    private final Tensor output;

    private CudaGather(CudaContext context, TableSet tableSet, Tensor ids, Tensor output) {
        this.context = context;
        this.tableSet = tableSet;
        this.ids = ids;
        this.output = output;
    }

    static Operation bind(CudaContext context, TableSet tableSet, Tensor ids, Tensor output) {
        CudaGather binding = new CudaGather(context, tableSet, ids, output);
        Map<String, List<EmbeddingTable>> tablesOfFunction = tableSet.tables().stream().collect(Collectors.groupingBy(binding::function));
        return new OperationSequence(tablesOfFunction.entrySet().stream().map(entry -> binding.launch(entry.getKey(), entry.getValue())).toList());
    }

    private String function(EmbeddingTable table) {
        boolean hasVectors = CudaTables.hasVectors(table, tableSet.weights(), output);
        return (table.hotness() == 1 ? "gather_single" : "gather_pooled") + (hasVectors ? "4_" : "1_") + Span.suffix(output.type());
    }

    private Operation launch(String function, List<EmbeddingTable> list) {
        CudaTables tables = new CudaTables(list, output.rows(), List.of(tableSet.weights()), output);
        long warps = tables.count() * Math.ceilDiv(output.rows(), (long) WARP_LANES);
        KernelArguments arguments = new KernelArguments().address(tables.upload(context, "tables of the gather").address()).int32(tables.count())
                .address(tableSet.weights().address()).tensor(ids).tensor(output).int64(output.rowStride()).int64(output.rows()).int32(tables.groupLanes());
        return context.kernel(CudaEmbeddingOperations.FAMILY, function).bind(Math.ceilDiv(warps * WARP_LANES, (long) THREADS), THREADS, 0, arguments);
    }
}
