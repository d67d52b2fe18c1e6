package crosscut.kernels.batch;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;

/** On the CPU a batch is where it is needed, and a bad value is reported by the launch that meets it. */
record CpuDecoder(Operation decode) implements Decoder {

    @Override
    public void upload(Stream stream) {
        // The batch is read where it lies.
    }

    @Override
    public void check(int batchesAhead) {
        // Launching decode has thrown.
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
