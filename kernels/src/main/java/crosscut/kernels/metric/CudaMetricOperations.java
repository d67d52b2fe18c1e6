package crosscut.kernels.metric;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.device.cuda.Span;

/**
 * {@link MetricOperations} on a GPU, with the kernels of {@code metric.cu}. Its double exp may differ from the CPU's by one unit in the last place; a score whose
 * fp32 sigmoid is then rounded the other way is counted one bucket beside at most.
 */
public final class CudaMetricOperations implements MetricOperations {

    private final CudaContext context;

    public CudaMetricOperations(CudaContext context) {
        this.context = context;
    }

    @Override
    public Operation countScores(Tensor logits, Tensor labels, Tensor counts) {
        TensorChecks.floating("logits", logits);
        ThresholdAuc.check(logits, labels, counts);
        KernelArguments arguments = new KernelArguments()
                .tensor(logits).int64(logits.rowStride()).tensor(labels).int64(logits.rows()).int32(ThresholdAuc.thresholds(counts.columns())).tensor(counts);
        return context.kernel("metric", "count_scores_" + Span.suffix(logits.type()))
                .bind(Math.ceilDiv(logits.rows(), (long) Span.THREADS), Span.THREADS, 0, arguments);
    }
}
