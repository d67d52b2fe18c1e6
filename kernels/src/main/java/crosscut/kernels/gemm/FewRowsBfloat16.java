package crosscut.kernels.gemm;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * {@code y = activation(x W + bias)} in bf16 for one or two rows. Reading W is all the work then, and a library that first brings it into the order of its
 * bf16 instructions reads and writes it twice; here it is read once, where it lies, and summed in fp32. A task has a strip of columns. Every sum runs over the
 * terms in their order.
 */
final class FewRowsBfloat16 implements Operation, WorkerPool.Task {

    private static final int MOST_ROWS = 2;
    private static final int WANTED_STRIPS = 16;
    private static final int NARROWEST_STRIP = 128;
    private static final int WIDEST_STRIP = 512;
    private static final int GRAIN = 32;

    /**
     * Multiplications below which a second thread costs more than it takes over. Fewer than in {@link BlockGrid}: each of them waits for a weight from memory.
     */
    private static final long LEAST_SHARED_WORK = 1 << 16;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final WorkerPool pool;
    private final ProductTerms terms;
    private final int rows;
    private final int depth;
    private final int columns;
    private final int strip;
    private final float[] x;
    private final float[][] sums;

    /** Whether this is the way for {@code terms}. */
    static boolean suits(ProductTerms terms) {
        return terms.destination().rows() <= MOST_ROWS && terms.right().tensor().type() == DataType.BFLOAT16
                && terms.left().tensor().type() == DataType.BFLOAT16 && !terms.right().isTransposed() && !terms.left().isTransposed()
                && terms.residual() == null && terms.reluOutput() == null;
    }

    FewRowsBfloat16(WorkerPool pool, ProductTerms terms) {
        this.pool = pool;
        this.terms = terms;
        rows = Math.toIntExact(terms.destination().rows());
        depth = Math.toIntExact(terms.left().columns());
        columns = terms.destination().columns();
        strip = strip(rows, depth, columns);
        x = new float[rows * depth];
        sums = new float[pool.threads()][rows * strip];
    }

    /** Columns of a task: a function of the shape alone, as all sums are. */
    private static int strip(int rows, int depth, int columns) {
        if ((long) rows * depth * columns < LEAST_SHARED_WORK) {
            return Math.min(columns, WIDEST_STRIP);
        }
        return Math.clamp(Math.ceilDiv(Math.ceilDiv(columns, WANTED_STRIPS), GRAIN) * GRAIN, NARROWEST_STRIP, WIDEST_STRIP);
    }

    @Override
    public void launch(Stream stream) {
        if (rows == 0) {
            return;
        }
        Tensor input = terms.left().tensor();
        for (int row = 0; row < rows; row++) {
            long at = input.byteOffset(row, 0);
            for (int term = 0; term < depth; term++) {
                x[row * depth + term] = Bfloat16.toFloat(input.hostSegment().get(SHORT, at + (long) term * Short.BYTES));
            }
        }
        pool.parallel(Math.ceilDiv(columns, strip), this);
    }

    @Override
    public void run(int index, int worker) {
        int column = index * strip;
        int count = Math.min(strip, columns - column);
        float[] out = sums[worker];
        Arrays.fill(out, 0, rows * strip, 0f);
        Bfloat16Strip.multiply(terms.right().tensor(), column, count, x, depth, rows, out, strip);
        for (int row = 0; row < rows; row++) {
            finish(row, column, count, out, row * strip);
        }
    }

    private void finish(int row, int column, int count, float[] out, int at) {
        if (terms.bias() != null) {
            MemorySegment bias = terms.bias().hostSegment();
            long offset = terms.bias().byteOffset(0, column);
            for (int c = 0; c < count; c++) {
                out[at + c] += bias.get(FLOAT, offset + (long) c * Float.BYTES);
            }
        }
        if (terms.activation() == Activation.RELU) {
            for (int c = 0; c < count; c++) {
                out[at + c] = Math.max(out[at + c], 0f);
            }
        }
        write(row, column, count, out, at);
    }

    private void write(int row, int column, int count, float[] out, int at) {
        Tensor destination = terms.destination();
        MemorySegment target = destination.hostSegment();
        long offset = destination.byteOffset(row, column);
        if (destination.type() == DataType.FLOAT32) {
            MemorySegment.copy(out, at, target, FLOAT, offset, count);
            return;
        }
        for (int c = 0; c < count; c++) {
            target.set(SHORT, offset + (long) c * Short.BYTES, Bfloat16.fromFloat(out[at + c]));
        }
    }
}
