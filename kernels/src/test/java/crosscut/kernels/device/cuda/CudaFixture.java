package crosscut.kernels.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import crosscut.bindings.nccl.Nccl;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.simulator.nccl.SimulatedNetwork;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A CUDA device with tensors that tests can fill and read whatever their type, and a CPU device to compare with. The device is the simulator with all its
 * checks, and closing demands that it has found nothing; with {@code -Dcrosscut.device=cuda} it is the machine's GPU.
 */
public final class CudaFixture implements AutoCloseable {

    /** In the gaps between rows; an op that writes there is wrong. */
    private static final float GAP = 12345;

    /** What a training step calls. */
    private static final Set<String> STEP_FUNCTIONS = Set.of("cuLaunchKernel", "cuGraphLaunch", "cuMemcpyHtoDAsync_v2", "cuMemcpyDtoDAsync_v2",
            "cuMemsetD8Async", "cuMemsetD32Async", "cuEventRecord", "cuEventSynchronize", "cuEventQuery", "cuStreamWaitEvent", "cublasLtMatmul");

    private final TestGpu gpu;
    private final CudaLibraries libraries;
    private final CudaOptions options;
    private final CudaDevice device;
    private final Stream stream;
    private final CpuFixture cpu = new CpuFixture(1);

    private CudaFixture(TestGpu gpu, CudaLibraries libraries, CudaOptions options) {
        this.gpu = gpu;
        this.libraries = libraries;
        this.options = options;
        device = CudaDevice.open(libraries, options);
        stream = device.createStream("test");
    }

    /** Opens the device that the tests run on. */
    public static CudaFixture open() {
        return open(options -> options);
    }

    /** False where tests run on the machine's GPU. */
    public static boolean isSimulated() {
        return TestGpu.isSimulated();
    }

    /** Opens it with other options than the usual ones. */
    public static CudaFixture open(UnaryOperator<CudaOptions> changes) {
        TestGpu gpu = TestGpu.choose();
        return new CudaFixture(gpu, gpu.libraries(), changes.apply(gpu.options()));
    }

    /** Opens a device whose launches, copies and marks reach no driver, so that a test sees what our own code costs. */
    public static CudaFixture silent() {
        TestGpu gpu = TestGpu.choose();
        return new CudaFixture(gpu, gpu.silent(STEP_FUNCTIONS), gpu.options());
    }

    /** Demands that {@code result} has the same bytes on every {@link TestGpu#inEveryOrder}. */
    public static void assertSameBits(Function<CudaFixture, byte[]> result) {
        byte[] expected = null;
        for (Supplier<TestGpu> order : TestGpu.inEveryOrder()) {
            TestGpu gpu = order.get();
            try (CudaFixture fixture = new CudaFixture(gpu, gpu.libraries(), gpu.options())) {
                byte[] actual = result.apply(fixture);
                expected = expected == null ? actual : expected;
                assertThat(actual).isEqualTo(expected);
            }
        }
    }

    /** The libraries that the device uses. */
    public CudaLibraries libraries() {
        return libraries;
    }

    /** The library that connects the device with others, simulated ones by {@code network}. */
    public Nccl nccl(SimulatedNetwork network) {
        return gpu.nccl(network);
    }

    /** The same where transfers do nothing, so that a test sees what our own code costs. */
    public Nccl silentNccl(SimulatedNetwork network) {
        return gpu.silentNccl(network);
    }

    /** How the device was opened. */
    public CudaOptions options() {
        return options;
    }

    public CudaDevice device() {
        return device;
    }

    /** The stream that {@link #run} launches on. */
    public Stream stream() {
        return stream;
    }

    /** The CPU device and its tensors. */
    public CpuFixture cpu() {
        return cpu;
    }

    /** Launches the operations one after the other and waits for the last. */
    public void run(Operation... operations) {
        for (Operation operation : operations) {
            operation.launch(stream);
        }
        stream.synchronize();
    }

    /** Demands that, once compiled, launching allocates nothing on the calling thread; meant for a {@link #silent} device. */
    public void assertAllocatesNothing(Operation... operations) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5000 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int repeat = 0; repeat < 10; repeat++) {
                for (Operation operation : operations) {
                    operation.launch(stream);
                }
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes allocated by 10 launches").isZero();
    }

    /** A zero tensor with {@code gap} elements between its rows. */
    public Tensor zeros(DataType type, long rows, int columns, int gap) {
        long stride = columns + (long) gap;
        DeviceMemory memory = device.allocate("test", Math.max(1, Math.max(1, rows) * stride) * type.byteSize());
        Tensor tensor = new Tensor(memory, 0, type, rows, columns, stride);
        if (gap > 0) {
            fill(new Tensor(memory, 0, type, rows, columns + gap, stride), (row, column) -> column < columns ? 0 : GAP);
        }
        return tensor;
    }

    public Tensor zeros(DataType type, long rows, int columns) {
        return zeros(type, rows, columns, 0);
    }

    /** Values in [-1, 1) times {@code scale}, rounded to the type. */
    public Tensor random(DataType type, long rows, int columns, int gap, double scale, Random random) {
        Tensor tensor = zeros(type, rows, columns, gap);
        fill(tensor, (row, column) -> scale * (2 * random.nextDouble() - 1));
        return tensor;
    }

    /** Values in one row. */
    public Tensor row(DataType type, double... values) {
        Tensor tensor = zeros(type, 1, values.length);
        fill(tensor, (row, column) -> values[column]);
        return tensor;
    }

    /** INT32 values in one row. */
    public Tensor integers(int... values) {
        return row(DataType.INT32, Arrays.stream(values).asDoubleStream().toArray());
    }

    /** Sets every element; what lies between the rows stays. */
    public void fill(Tensor tensor, CpuFixture.Element element) {
        MemorySegment bytes = segment(tensor);
        for (long row = 0; row < tensor.rows(); row++) {
            for (int column = 0; column < tensor.columns(); column++) {
                Elements.set(bytes, tensor.type(), tensor.byteOffset(row, column), element.at(row, column));
            }
        }
        device.write(tensor.memory(), 0, bytes);
    }

    /** All elements, row by row. */
    public double[][] values(Tensor tensor) {
        MemorySegment bytes = segment(tensor);
        double[][] values = new double[Math.toIntExact(tensor.rows())][tensor.columns()];
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < tensor.columns(); column++) {
                values[row][column] = Elements.get(bytes, tensor.type(), tensor.byteOffset(row, column));
            }
        }
        return values;
    }

    /** The value of one element; for many, ask for {@link #values} once. */
    public double get(Tensor tensor, long row, int column) {
        return Elements.get(segment(tensor), tensor.type(), tensor.byteOffset(row, column));
    }

    /** All bytes of the memory that the tensor lies in. */
    public byte[] bytes(Tensor tensor) {
        return segment(tensor).toArray(ValueLayout.JAVA_BYTE);
    }

    private MemorySegment segment(Tensor tensor) {
        MemorySegment bytes = Arena.ofAuto().allocate(tensor.memory().byteSize(), Long.BYTES);
        device.read(tensor.memory(), 0, bytes);
        return bytes;
    }

    /**
     * The same tensor on the CPU: shape, gaps and values. FLOAT16, which the CPU does not compute in, becomes FLOAT32 with the same values; results are then
     * compared with the tolerance of FLOAT16.
     */
    public Tensor onCpu(Tensor tensor) {
        DataType type = tensor.type() == DataType.FLOAT16 ? DataType.FLOAT32 : tensor.type();
        Tensor copy = cpu.zeros(type, tensor.rows(), tensor.columns(), Math.toIntExact(tensor.rowStride() - tensor.columns()));
        double[][] values = values(tensor);
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < tensor.columns(); column++) {
                Elements.set(copy.hostSegment(), type, copy.byteOffset(row, column), values[row][column]);
            }
        }
        return copy;
    }

    /** Demands that nothing was written between the rows of a tensor that was made with a gap. */
    public void assertGapsUntouched(Tensor tensor) {
        double gap = Elements.rounded(tensor.type(), GAP);
        double[][] all = values(new Tensor(tensor.memory(), 0, tensor.type(), tensor.rows(), Math.toIntExact(tensor.rowStride()), tensor.rowStride()));
        int end = Math.toIntExact(tensor.byteOffset() / tensor.type().byteSize()) + tensor.columns();
        for (int row = 0; row < all.length; row++) {
            for (int column = end; column < all[row].length; column++) {
                assertThat(all[row][column]).as("gap after row %d", row).isEqualTo(gap);
            }
        }
    }

    /** Closes both devices; fails when the simulator has found anything, memory that the device did not free included. */
    @Override
    public void close() {
        cpu.close();
        device.close();
        gpu.close();
    }
}
