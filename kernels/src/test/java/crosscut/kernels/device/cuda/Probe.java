package crosscut.kernels.device.cuda;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;

/** A kernel that is made for tests: {@code values = values * factor + addend}. */
final class Probe {

    private static final int THREADS = 32;

    private Probe() {
    }

    /** Scales column 0 of {@code values} with enough blocks for all rows. */
    static Operation scale(CudaFixture fixture, Tensor values, double factor, double addend) {
        return scale(fixture, values, Math.ceilDiv(values.rows(), THREADS), factor, addend);
    }

    static Operation scale(CudaFixture fixture, Tensor values, long blocks, double factor, double addend) {
        KernelArguments arguments = new KernelArguments().tensor(values).int64(values.rows()).float32((float) factor).float64(addend)
                .int32(Math.toIntExact(values.rowStride()));
        return fixture.device().context().kernel("probe", "scale").bind(blocks, THREADS, 0, arguments);
    }
}
