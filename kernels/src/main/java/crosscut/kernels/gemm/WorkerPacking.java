package crosscut.kernels.gemm;

import crosscut.bindings.onednn.OneDnnStream;
import crosscut.bindings.onednn.WeightPacking;

/** A compiled copy of weights into a product's order, run by whichever worker has the task. */
final class WorkerPacking implements AutoCloseable {

    private final WeightPacking packing;
    private final OneDnnStream[] streams;
    private final WorkerScratch scratch;

    WorkerPacking(WeightPacking packing, OneDnnStream[] streams, WorkerScratch scratch) {
        this.packing = packing;
        this.streams = streams;
        this.scratch = scratch;
        scratch.reserve(packing.scratchpadByteSize());
    }

    /** Copies from one address to another. */
    void run(int worker, long weights, long packed) {
        packing.run(streams[worker], weights, packed, scratch.address(worker));
    }

    @Override
    public void close() {
        packing.close();
    }
}
