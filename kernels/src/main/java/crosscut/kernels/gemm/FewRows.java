package crosscut.kernels.gemm;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@code y = activation(x W + bias)} with fixed weights, for one or two rows and for small layers: reading W is most of the work, and calling a library the
 * rest. A task has some panels of W, which it reads in one piece, in the type of the operands; sums are fp32.
 */
final class FewRows implements Operation, WorkerPool.Task {

    private static final int MOST_ROWS = 2;

    /**
     * Multiplications up to which a call of a library takes longer, whatever the number of rows. Measured with oneDNN 3.13 on Zen 5: a call takes 0.9 us, in
     * which this does some 30,000.
     */
    private static final long SMALL = 1 << 15;

    /** Multiplications of a task: its weights take some ten times as long to read as a thread takes to hear of it. */
    private static final int TASK_WORK = 1 << 17;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final WorkerPool pool;
    private final ProductTerms terms;
    private final PanelCopy panels;
    private final int rows;
    private final int depth;
    private final int columns;
    private final int width;
    private final int panelsOfTask;
    private final boolean isBfloat16;
    private final boolean hasRelu;
    private final float[] x;
    private final float[] bias;
    private final float[] y;

    /**
     * Whether this is the way for {@code terms}.
     *
     * @param fixed null for weights that may change from launch to launch
     */
    static boolean suits(ProductTerms terms, FixedWeights fixed) {
        long rows = terms.destination().rows();
        return fixed != null && (rows <= MOST_ROWS || rows * terms.right().rows() * terms.right().columns() <= SMALL);
    }

    /**
     * Binds a product without residual and mask.
     *
     * @param fixed takes the panels
     */
    FewRows(WorkerPool pool, ProductTerms terms, FixedWeights fixed) {
        this.pool = pool;
        this.terms = terms;
        panels = fixed.copy(PanelCopy.class, terms.right(), PanelCopy.COLUMNS, PanelCopy.byteSize(terms.right()),
                copy -> new PanelCopy(pool, terms.right(), copy));
        rows = Math.toIntExact(terms.destination().rows());
        depth = Math.toIntExact(terms.left().columns());
        columns = terms.destination().columns();
        panelsOfTask = Math.max(1, TASK_WORK / (depth * PanelCopy.COLUMNS));
        isBfloat16 = terms.right().tensor().type() == DataType.BFLOAT16;
        hasRelu = terms.activation() == Activation.RELU;
        x = new float[rows * depth];
        width = panels.count() * PanelCopy.COLUMNS;
        bias = new float[width];
        y = new float[rows * width];
    }

    @Override
    public void launch(Stream stream) {
        panels.requireMade();
        for (int row = 0; row < rows; row++) {
            read(row);
        }
        if (terms.bias() != null) {
            MemorySegment.copy(terms.bias().hostSegment(), FLOAT, terms.bias().byteOffset(0, 0), bias, 0, columns);
        }
        if (rows > 0) {
            pool.parallel(Math.ceilDiv(panels.count(), panelsOfTask), this);
        }
    }

    private void read(int row) {
        Tensor source = terms.left().tensor();
        if (isBfloat16) {
            Bfloat16.widen(source.hostSegment(), source.byteOffset(row, 0), x, row * depth, depth);
        } else {
            MemorySegment.copy(source.hostSegment(), FLOAT, source.byteOffset(row, 0), x, row * depth, depth);
        }
    }

    @Override
    public void run(int index, int worker) {
        int first = index * panelsOfTask;
        int end = Math.min(panels.count(), first + panelsOfTask);
        for (int panel = first; panel < end; panel++) {
            for (int row = 0; row < rows; row++) {
                multiply(row, panel);
            }
        }
        write(first * PanelCopy.COLUMNS, Math.min(columns, end * PanelCopy.COLUMNS));
    }

    private void multiply(int row, int panel) {
        int column = panel * PanelCopy.COLUMNS;
        int at = row * width + column;
        if (isBfloat16) {
            Bfloat16Panel.multiply(x, row * depth, depth, panels.segment(), panels.byteOffset(panel), bias, column, hasRelu, y, at);
        } else {
            Float32Panel.multiply(x, row * depth, depth, panels.segment(), panels.byteOffset(panel), bias, column, hasRelu, y, at);
        }
    }

    private void write(int column, int end) {
        Tensor destination = terms.destination();
        for (int row = 0; row < rows; row++) {
            int at = row * width + column;
            if (destination.type() == DataType.BFLOAT16) {
                Bfloat16.narrow(y, at, destination.hostSegment(), destination.byteOffset(row, column), end - column);
            } else {
                MemorySegment.copy(y, at, destination.hostSegment(), FLOAT, destination.byteOffset(row, column), end - column);
            }
        }
    }
}
