package crosscut.kernels.optimizer;

import crosscut.kernels.cross.CudaCopy;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.device.cuda.Span;
import java.util.List;
import java.util.stream.Stream;

/** {@link OptimizerOperations} on a GPU, with the kernels of {@code optimizer.cu}. */
public final class CudaOptimizerOperations implements OptimizerOperations {

    private static final String FAMILY = "optimizer";

    /** Parameters per thread: {@code WIDE_UPDATE} of the kernels. */
    private static final int UPDATED_PER_THREAD = 4;

    /** Numbers that a thread of the wide casts treats. */
    private static final int CAST_PER_THREAD = 8;

    /** {@code NORM_BLOCK_VALUES} of the kernel. */
    private static final int NORM_BLOCK_VALUES = 16384;

    private final CudaContext context;

    public CudaOptimizerOperations(CudaContext context) {
        this.context = context;
    }

    @Override
    public Operation update(
            UpdateRule rule, Tensor weights, Tensor gradients, Tensor firstMoments, Tensor secondMoments, Tensor computeCopy, Tensor step) {
        OptimizerChecks.update(rule, weights, gradients, firstMoments, secondMoments, computeCopy, step);
        boolean adam = rule.kind() == UpdateRule.Kind.ADAM;
        List<Tensor> arrays = Stream.of(weights, gradients, adam ? firstMoments : null, adam ? secondMoments : null, computeCopy)
                .flatMap(Stream::ofNullable).toList();
        int perThread = Span.areAligned(UPDATED_PER_THREAD, arrays, false) ? UPDATED_PER_THREAD : 1;
        KernelArguments arguments = new KernelArguments().tensor(weights).tensor(gradients);
        if (adam) {
            arguments.tensor(firstMoments).tensor(secondMoments);
        }
        arguments.address(computeCopy == null ? 0 : computeCopy.address()).tensor(step);
        if (adam) {
            arguments.float32(rule.firstMomentWeight()).float32(rule.secondMomentWeight()).float32((float) rule.epsilon());
        }
        arguments.int64(weights.columns());
        String function = (adam ? "adam" : "sgd") + (perThread > 1 ? "_wide_" : "_single_") + (computeCopy == null ? "none" : Span.suffix(computeCopy.type()));
        return context.kernel(FAMILY, function).bind(Math.ceilDiv(weights.columns(), (long) perThread * Span.THREADS), Span.THREADS, 0, arguments);
    }

    @Override
    public Operation cast(Tensor source, Tensor target) {
        OptimizerChecks.cast(source, target);
        if (source.type() == target.type()) {
            return CudaCopy.bind(context, source, target);
        }
        return Span.bind(CAST_PER_THREAD, List.of(source, target), span -> {
            KernelArguments arguments = span.tensor(span.tensor(new KernelArguments(), source), target);
            return span.launch(context.kernel(FAMILY, span.function("cast", source.type()) + "_" + Span.suffix(target.type())), arguments);
        });
    }

    @Override
    public Operation checkFinite(List<Tensor> gradients, Tensor lossScale) {
        gradients.forEach(gradient -> TensorChecks.floating("gradient", gradient));
        LossScale.check(lossScale);
        return new OperationSequence(gradients.stream().map(gradient -> checkFinite(gradient, lossScale)).toList());
    }

    private Operation checkFinite(Tensor gradient, Tensor lossScale) {
        DataType type = gradient.type();
        return Span.bind(Span.wide(type), List.of(gradient), span -> {
            KernelArguments arguments = span.tensor(new KernelArguments(), gradient).int64(span.rows()).int64(span.columns()).tensor(lossScale);
            return context.kernel(FAMILY, span.function("check_finite", type)).bind(span.blocks(), Span.THREADS, 0, arguments);
        });
    }

    @Override
    public Operation adjustLossScale(LossScale rule, Tensor lossScale, Tensor step) {
        LossScale.check(lossScale);
        UpdateRule.checkStep(step);
        return context.kernel(FAMILY, "adjust_loss_scale").bind(1, 1, 0, new KernelArguments().tensor(lossScale).tensor(step).int32(rule.goodSteps()));
    }

    @Override
    public Operation gradientNorm(Tensor gradients, Tensor step, Tensor norm) {
        OptimizerChecks.gradientNorm(gradients, step, norm);
        int blocks = Math.ceilDiv(gradients.columns(), NORM_BLOCK_VALUES);
        DeviceMemory sums = context.allocate("partial sums of the gradient norm", Math.max(1L, blocks) * Double.BYTES);
        KernelArguments squares = new KernelArguments().tensor(gradients).int64(gradients.columns()).address(sums.address());
        KernelArguments root = new KernelArguments().address(sums.address()).int32(blocks).tensor(step).tensor(norm);
        return new OperationSequence(List.of(
                context.kernel(FAMILY, "sum_squares").bind(blocks, Span.THREADS, 0, squares),
                context.kernel(FAMILY, "gradient_norm").bind(1, Span.THREADS, 0, root)));
    }
}
