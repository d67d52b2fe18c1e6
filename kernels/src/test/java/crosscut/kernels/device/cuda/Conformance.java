package crosscut.kernels.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Tensors of every alignment, and comparisons with what the CPU made of the same values. For ops whose results have the same bits on every device. */
public final class Conformance {

    /** Types of activations. */
    public static final List<DataType> TYPES = List.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16);

    /** Elements before a view and between its rows: some keep accesses of 16 bytes possible, some do not. */
    private static final int[] GAPS = {0, 0, 0, 1, 3, 8, 16};

    private static final int UNWRITTEN = 3;

    /** Elements that fill a multiple of 16 bytes, whatever their type. */
    private static final int ALIGNED_ELEMENTS = 8;

    /** Values that ordinary arithmetic seldom meets. */
    private static final double[] EXTREMES = {0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Float.MIN_VALUE, -1e-40, 1e-7, 65504, -65520,
        Float.MAX_VALUE, -1e30};

    private static final int ORDINARY_VALUES_PER_EXTREME = 40;

    private Conformance() {
    }

    /** A view of one of {@link #GAPS} into a larger matrix, with values up to 2 and now and then an extreme one. */
    public static Tensor view(CudaFixture fixture, DataType type, long rows, int columns, Random random) {
        Tensor view = unwrittenView(fixture, type, rows, columns, random);
        if (view.elements() > 0) {
            fixture.fill(view, (row, column) -> value(random));
        }
        return view;
    }

    /** The same with {@link #UNWRITTEN} everywhere, as all that lies around views has: whoever reads or writes there is noticed. */
    public static Tensor unwrittenView(CudaFixture fixture, DataType type, long rows, int columns, Random random) {
        int before = GAPS[random.nextInt(GAPS.length)];
        int after = GAPS[random.nextInt(GAPS.length)];
        long stride = (long) before + columns + after;
        DeviceMemory memory = fixture.device().allocate("test", (before + Math.max(1, rows * stride)) * type.byteSize());
        fixture.fill(memory.tensor(0, type, 1, Math.toIntExact(memory.byteSize() / type.byteSize())), (row, column) -> UNWRITTEN);
        return new Tensor(memory, (long) before * type.byteSize(), type, rows, columns, stride);
    }

    /** Values in rows that all begin at multiples of 16 bytes: of many tensors with chance gaps hardly ever all are like that. */
    public static Tensor alignedView(CudaFixture fixture, DataType type, long rows, int columns, Random random) {
        int stride = Math.ceilDiv(columns, ALIGNED_ELEMENTS) * ALIGNED_ELEMENTS;
        DeviceMemory memory = fixture.device().allocate("test", Math.max(1, rows * stride) * type.byteSize());
        Tensor view = new Tensor(memory, 0, type, rows, columns, stride);
        if (view.elements() > 0) {
            fixture.fill(view, (row, column) -> value(random));
        }
        return view;
    }

    /** Up to 2 in size, or extreme. */
    public static double value(Random random) {
        return random.nextInt(ORDINARY_VALUES_PER_EXTREME) == 0 ? EXTREMES[random.nextInt(EXTREMES.length)] : 4 * random.nextDouble() - 2;
    }

    /** Demands the values of {@code expected}, rounded to the type of {@code actual}; one NaN is as good as another. */
    public static void assertSameBits(CudaFixture fixture, Tensor actual, Tensor expected) {
        assertEachIs(fixture, actual, expected, (value, wanted) -> isSame(value, Elements.rounded(actual.type(), wanted)));
    }

    /**
     * The same where the last place of a double decides how a value is rounded to fp32: demands what {@code expected} or one of its fp32 neighbours is in the
     * type of {@code actual}.
     */
    public static void assertSameBitsButForOneRounding(CudaFixture fixture, Tensor actual, Tensor expected) {
        assertEachIs(fixture, actual, expected, (value, wanted) -> isSame(value, Elements.rounded(actual.type(), wanted))
                || isSame(value, Elements.rounded(actual.type(), Math.nextUp((float) wanted)))
                || isSame(value, Elements.rounded(actual.type(), Math.nextDown((float) wanted))));
    }

    private interface Judge {

        boolean accepts(double value, double wanted);
    }

    private static void assertEachIs(CudaFixture fixture, Tensor actual, Tensor expected, Judge judge) {
        double[][] values = fixture.values(actual);
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < actual.columns(); column++) {
                double wanted = CpuFixture.get(expected, row, column);
                if (!judge.accepts(values[row][column], wanted)) {
                    fail("%s at row %d, column %d of %s with stride %d from byte %d, not %s", values[row][column], row, column, actual.shape(),
                            actual.rowStride(), actual.byteOffset(), wanted);
                }
            }
        }
    }

    private static boolean isSame(double value, double wanted) {
        return Double.doubleToLongBits(value) == Double.doubleToLongBits(wanted);
    }

    /** Demands that nothing but the view has changed in the memory around it since {@code before}, which {@link CudaFixture#bytes} gave. */
    public static void assertSurroundingsUntouched(CudaFixture fixture, Tensor view, byte[] before) {
        byte[] after = fixture.bytes(view);
        for (long row = 0; row < view.rows(); row++) {
            int first = Math.toIntExact(view.byteOffset(row, 0));
            int end = first + view.columns() * view.type().byteSize();
            Arrays.fill(before, first, end, (byte) 0);
            Arrays.fill(after, first, end, (byte) 0);
        }
        assertThat(after).as("what lies around %s with stride %d from byte %d", view.shape(), view.rowStride(), view.byteOffset()).isEqualTo(before);
    }
}
