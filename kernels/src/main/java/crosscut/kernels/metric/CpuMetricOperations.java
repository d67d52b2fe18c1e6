package crosscut.kernels.metric;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** {@link MetricOperations} on the worker threads of the CPU device. */
public final class CpuMetricOperations implements MetricOperations {

    private final WorkerPool pool;

    public CpuMetricOperations(WorkerPool pool) {
        this.pool = pool;
    }

    @Override
    public Operation countScores(Tensor logits, Tensor labels, Tensor counts) {
        TensorChecks.floatingOnCpu("logits", logits);
        ThresholdAuc.check(logits, labels, counts);
        return new ScoreCount(pool, logits, labels, counts);
    }

    /** Sums of whole numbers are the same in any order, so the workers add to one histogram. */
    private static final class ScoreCount implements Operation, WorkerPool.Task {

        private static final int BLOCK_SAMPLES = 4096;
        private static final VarHandle COUNT = ValueLayout.JAVA_LONG.varHandle();

        private final WorkerPool pool;
        private final Tensor logits;
        private final Tensor labels;
        private final Tensor counts;
        private final int thresholds;

        ScoreCount(WorkerPool pool, Tensor logits, Tensor labels, Tensor counts) {
            this.pool = pool;
            this.logits = logits;
            this.labels = labels;
            this.counts = counts;
            thresholds = ThresholdAuc.thresholds(counts.columns());
        }

        @Override
        public void launch(Stream stream) {
            pool.parallel(Math.toIntExact(Math.ceilDiv(logits.rows(), (long) BLOCK_SAMPLES)), this);
        }

        @Override
        public void run(int index, int worker) {
            MemorySegment values = counts.hostSegment();
            long first = (long) index * BLOCK_SAMPLES;
            long end = Math.min(first + BLOCK_SAMPLES, logits.rows());
            for (long sample = first; sample < end; sample++) {
                boolean positive = labels.hostSegment().get(ValueLayout.JAVA_FLOAT, labels.byteOffset(0, sample)) != 0;
                int counter = ThresholdAuc.counter(logit(sample), positive, thresholds);
                long _ = (long) COUNT.getAndAdd(values, counts.byteOffset(0, counter), 1L);
            }
        }

        private float logit(long sample) {
            long offset = logits.byteOffset(sample, 0);
            return logits.type() == DataType.FLOAT32
                    ? logits.hostSegment().get(ValueLayout.JAVA_FLOAT, offset)
                    : Bfloat16.toFloat(logits.hostSegment().get(ValueLayout.JAVA_SHORT, offset));
        }
    }
}
