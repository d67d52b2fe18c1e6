package crosscut.kernels.embedding;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import java.util.ArrayList;
import java.util.List;

/** Binds the sort of ids: three launches per pass. The number of passes decides which of two buffers the first one writes, so that the last ends in the pairs. */
final class CudaGroupIds {

    private static final int WARP_LANES = 32;

    private final CudaContext context;
    private final Tensor ids;
    private final CudaIdGroups groups;
    private final List<Operation> launches = new ArrayList<>();

    private CudaGroupIds(CudaContext context, Tensor ids, CudaIdGroups groups) {
        this.context = context;
        this.ids = ids;
        this.groups = groups;
    }

    static Operation bind(CudaContext context, Tensor ids, CudaIdGroups groups) {
        CudaGroupIds binding = new CudaGroupIds(context, ids, groups);
        groups.tables().sorts().stream().map(RadixPasses::new).forEach(binding::bind);
        return new OperationSequence(binding.launches);
    }

    private void bind(RadixPasses sort) {
        long offset = sort.tables().firstPair() * Long.BYTES;
        long pairs = groups.grouped().address() + offset;
        long spare = groups.spare().address() + offset;
        for (int pass = 0; pass < sort.passes(); pass++) {
            boolean endsInPairs = (sort.passes() - pass) % 2 == 1;
            bind(sort, pass, endsInPairs ? spare : pairs, endsInPairs ? pairs : spare);
        }
    }

    private void bind(RadixPasses sort, int pass, long source, long target) {
        String suffix = pass == 0 ? "ids" : "pairs";
        long counts = groups.digitCounts().address();
        long totals = groups.digitTotals().address();
        launch("count_digits_of_" + suffix, sort.tiles(), source(sort, pass, source).address(counts));
        launch("sum_digits_of_tiles", Math.ceilDiv(sort.digits() * WARP_LANES, RadixPasses.THREADS),
                new KernelArguments().int32(sort.digits()).int32(sort.tiles()).address(counts).address(totals));
        launch("move_" + suffix, sort.tiles(), source(sort, pass, source).address(counts).address(totals).address(target));
    }

    /** The first arguments of counting and moving. */
    private KernelArguments source(RadixPasses sort, int pass, long pairs) {
        KernelArguments arguments = new KernelArguments();
        if (pass == 0) {
            arguments.address(groups.tableArray().address() + sort.tables().byteOffset()).int32(sort.tables().count()).tensor(ids);
        } else {
            arguments.address(pairs);
        }
        return arguments.int32(sort.tables().pairs()).int32(pass * sort.digitBits()).int32(sort.digitBits());
    }

    private void launch(String function, int blocks, KernelArguments arguments) {
        launches.add(context.kernel(CudaEmbeddingOperations.FAMILY, function).bind(blocks, RadixPasses.THREADS, 0, arguments));
    }
}
