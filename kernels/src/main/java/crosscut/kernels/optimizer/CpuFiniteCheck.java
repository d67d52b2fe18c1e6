package crosscut.kernels.optimizer;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.PiecewiseOperation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Looks for an infinity or a NaN, which both types spell with an exponent of ones. */
final class CpuFiniteCheck implements Operation {

    private static final int FLOAT32_EXPONENT = 0x7F800000;
    private static final int BFLOAT16_EXPONENT = 0x7F80;

    private final Search[] searches;
    private final Tensor lossScale;
    private final AtomicBoolean found = new AtomicBoolean();

    CpuFiniteCheck(WorkerPool pool, List<Tensor> gradients, Tensor lossScale) {
        searches = gradients.stream().map(gradient -> new Search(pool, gradient)).toArray(Search[]::new);
        this.lossScale = lossScale;
    }

    @Override
    public void launch(Stream stream) {
        found.set(false);
        for (Search search : searches) {
            search.launch(stream);
        }
        if (found.get()) {
            lossScale.hostSegment().set(ValueLayout.JAVA_FLOAT, lossScale.byteOffset(0, LossScale.OVERFLOW), 1f);
        }
    }

    private final class Search extends PiecewiseOperation {

        private final Tensor gradient;

        Search(WorkerPool pool, Tensor gradient) {
            super(pool, gradient.rows(), gradient.columns());
            this.gradient = gradient;
        }

        @Override
        protected void piece(long row, int column, int count, int worker) {
            MemorySegment values = gradient.hostSegment();
            long offset = gradient.byteOffset(row, column);
            boolean unusable = false;
            if (gradient.type() == DataType.FLOAT32) {
                for (int index = 0; index < count; index++) {
                    unusable |= (values.get(ValueLayout.JAVA_INT, offset + (long) index * Integer.BYTES) & FLOAT32_EXPONENT) == FLOAT32_EXPONENT;
                }
            } else {
                for (int index = 0; index < count; index++) {
                    unusable |= (values.get(ValueLayout.JAVA_SHORT, offset + (long) index * Short.BYTES) & BFLOAT16_EXPONENT) == BFLOAT16_EXPONENT;
                }
            }
            if (unusable) {
                found.set(true);
            }
        }
    }
}
