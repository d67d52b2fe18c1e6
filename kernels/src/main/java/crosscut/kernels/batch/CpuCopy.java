package crosscut.kernels.batch;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Copies tensors, one per task. */
final class CpuCopy implements Operation, WorkerPool.Task {

    private final WorkerPool pool;
    private final MemorySegment[] sources;
    private final MemorySegment[] targets;

    CpuCopy(WorkerPool pool, List<Tensor> sources, List<Tensor> targets) {
        this.pool = pool;
        this.sources = sources.stream().map(CpuCopy::bytes).toArray(MemorySegment[]::new);
        this.targets = targets.stream().map(CpuCopy::bytes).toArray(MemorySegment[]::new);
    }

    private static MemorySegment bytes(Tensor tensor) {
        return tensor.hostSegment().asSlice(tensor.byteOffset(), tensor.elements() * tensor.type().byteSize());
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(sources.length, this);
    }

    @Override
    public void run(int index, int worker) {
        targets[index].copyFrom(sources[index]);
    }
}
