package crosscut.bench.peers;

import crosscut.bench.Contender;
import crosscut.bench.EmbeddingUpdateStep;
import crosscut.bench.EmbeddingWorkload;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The way back through the tables alone: sparse gradients and SparseAdam. */
final class TorchEmbeddingUpdate implements Contender {

    private final EmbeddingWorkload workload;
    private final TorchTables tables;
    private final Tensor gradient;

    TorchEmbeddingUpdate(EmbeddingWorkload workload, boolean tuned) {
        this.workload = workload;
        try (Arena arena = Arena.ofConfined()) {
            long rowBytes = (long) workload.dimension() * Float.BYTES;
            MemorySegment weights = arena.allocate(workload.totalRows() * rowBytes, Float.BYTES);
            workload.fillWeights(weights);
            TorchTables.Source source = new TorchTables.Source(workload.rows(), workload.dimension(), workload.batch(),
                    table -> weights.asSlice(rowsBefore(table) * rowBytes, workload.rows().get(table) * rowBytes), workload::ids);
            tables = new TorchTables(source, tuned);
        }
        tables.learn(EmbeddingUpdateStep.ADAM);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate((long) workload.batch() * workload.width() * Float.BYTES, Float.BYTES);
            workload.fillGradient(values);
            gradient = TorchTensors.copy(values, workload.batch(), workload.width());
        }
    }

    private long rowsBefore(int table) {
        return workload.rows().subList(0, table).stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public double run() {
        try (var _ = new PointerScope(); var _ = new NoGradGuard()) {
            tables.update(gradient, EmbeddingUpdateStep.STEP_SIZE);
            return 0;
        }
    }

    @Override
    public float[] outputs() {
        List<Tensor> weights = tables.weights();
        try (var _ = new PointerScope(); var _ = new NoGradGuard()) {
            Tensor all = torch.cat(new TensorVector(weights.toArray(Tensor[]::new)));
            return workload.sample(MemorySegment.ofBuffer(all.data_ptr_float().capacity(all.numel()).asBuffer()));
        }
    }

    @Override
    public void close() {
        // The process ends, and its memory with it.
    }
}
