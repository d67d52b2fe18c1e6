package crosscut.kernels.device;

import com.sun.management.ThreadMXBean;
import crosscut.kernels.gemm.Activation;
import crosscut.kernels.gemm.FixedWeights;
import crosscut.kernels.gemm.MatrixProducts;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

import static org.assertj.core.api.Assertions.assertThat;

/** A CPU device without matrix products, and tensors that tests can fill and read whatever their type. */
public final class CpuFixture implements AutoCloseable {

    private static final int[] THREADS = {1, 2, 3, 7};

    /** In the gaps between rows; an op that writes there is wrong. */
    private static final float GAP = 12345;

    private final CpuDevice device;
    private final List<DeviceMemory> memories = new ArrayList<>();

    public CpuFixture(int threads) {
        device = CpuDevice.open(threads, pool -> new NoMatrixProducts());
    }

    public CpuDevice device() {
        return device;
    }

    /** A zero tensor with {@code gap} elements between its rows. */
    public Tensor zeros(DataType type, long rows, int columns, int gap) {
        long stride = columns + (long) gap;
        DeviceMemory memory = device.allocate("test", Math.max(1, rows * stride) * type.byteSize());
        memories.add(memory);
        Tensor tensor = new Tensor(memory, 0, type, rows, columns, stride);
        if (gap > 0 && (type == DataType.FLOAT32 || type == DataType.BFLOAT16)) {
            Tensor whole = new Tensor(memory, 0, type, rows, columns + gap, stride);
            fill(whole, (row, column) -> column < columns ? 0 : GAP);
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

    /** FLOAT32 or BFLOAT16 values in one row. */
    public Tensor row(DataType type, double... values) {
        Tensor tensor = zeros(type, 1, values.length);
        fill(tensor, (row, column) -> values[column]);
        return tensor;
    }

    /** A step tensor of a step that is not skipped. */
    public Tensor step(double stepSize, double gradientScale) {
        return row(DataType.FLOAT32, stepSize, gradientScale, 0);
    }

    /** INT32 values in one row. */
    public Tensor integers(int... values) {
        Tensor tensor = zeros(DataType.INT32, 1, values.length);
        for (int column = 0; column < values.length; column++) {
            tensor.hostSegment().set(ValueLayout.JAVA_INT, tensor.byteOffset(0, column), values[column]);
        }
        return tensor;
    }

    /** The value of an element. */
    public interface Element {

        double at(long row, int column);
    }

    public static void fill(Tensor tensor, Element element) {
        for (long row = 0; row < tensor.rows(); row++) {
            for (int column = 0; column < tensor.columns(); column++) {
                set(tensor, row, column, element.at(row, column));
            }
        }
    }

    public static void set(Tensor tensor, long row, int column, double value) {
        long offset = tensor.byteOffset(row, column);
        if (tensor.type() == DataType.FLOAT32) {
            tensor.hostSegment().set(ValueLayout.JAVA_FLOAT, offset, (float) value);
        } else {
            tensor.hostSegment().set(ValueLayout.JAVA_SHORT, offset, Bfloat16.fromFloat((float) value));
        }
    }

    public static double get(Tensor tensor, long row, int column) {
        long offset = tensor.byteOffset(row, column);
        return switch (tensor.type()) {
            case FLOAT32 -> tensor.hostSegment().get(ValueLayout.JAVA_FLOAT, offset);
            case BFLOAT16 -> Bfloat16.toFloat(tensor.hostSegment().get(ValueLayout.JAVA_SHORT, offset));
            case INT32 -> tensor.hostSegment().get(ValueLayout.JAVA_INT, offset);
            default -> throw new IllegalArgumentException(tensor.shape());
        };
    }

    /** The values of the first row. */
    public static double[] values(Tensor tensor) {
        double[] values = new double[tensor.columns()];
        for (int column = 0; column < values.length; column++) {
            values[column] = get(tensor, 0, column);
        }
        return values;
    }

    /** All bytes of the memory that the tensor lies in. */
    public static byte[] bytes(Tensor tensor) {
        return tensor.hostSegment().toArray(ValueLayout.JAVA_BYTE);
    }

    /** Demands that nothing was written between the rows. */
    public static void assertGapsUntouched(Tensor tensor) {
        double gap = tensor.type() == DataType.FLOAT32 ? GAP : Bfloat16.toFloat(Bfloat16.fromFloat(GAP));
        Tensor whole = new Tensor(tensor.memory(), 0, tensor.type(), tensor.rows(), (int) tensor.rowStride(), tensor.rowStride());
        for (long row = 0; row < tensor.rows(); row++) {
            for (int column = tensor.columns(); column < tensor.rowStride(); column++) {
                assertThat(get(whole, row, column)).isEqualTo(gap);
            }
        }
    }

    /** Demands that {@code result} has the same bytes on devices of 1, 2, 3 and 7 threads. */
    public static void assertSameBits(Function<CpuFixture, byte[]> result) {
        byte[] expected = null;
        for (int threads : THREADS) {
            try (CpuFixture fixture = new CpuFixture(threads)) {
                byte[] actual = result.apply(fixture);
                if (expected == null) {
                    expected = actual;
                }
                assertThat(actual).as("%d threads", threads).isEqualTo(expected);
            }
        }
    }

    /** Demands that, once compiled, launching allocates nothing on the calling thread; meant for a device of one thread, where it does all the work. */
    public static void assertAllocatesNothing(Operation... operations) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long deadline = System.nanoTime() + 20_000_000_000L;
        long allocated;
        do {
            for (int repeat = 0; repeat < 50; repeat++) {
                launch(operations);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int repeat = 0; repeat < 10; repeat++) {
                launch(operations);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        } while (allocated > 0 && System.nanoTime() < deadline);
        assertThat(allocated).as("bytes per 10 launches").isZero();
    }

    private static void launch(Operation... operations) {
        for (Operation operation : operations) {
            operation.launch(null);
        }
    }

    @Override
    public void close() {
        memories.forEach(DeviceMemory::close);
        device.close();
    }

    private static final class NoMatrixProducts implements MatrixProducts {

        @Override
        public String description() {
            return "no matrix products";
        }

        @Override
        public DataType biasType(Tensor w) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Operation forward(Tensor x, Tensor w, Tensor bias, Activation activation, Tensor y, FixedWeights fixed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Operation inputGradient(Tensor dy, Tensor w, Tensor residual, Tensor reluOutput, Tensor dx) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Operation weightGradient(Tensor x, Tensor dy, Tensor dw, Tensor db) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
