package crosscut.kernels.cross;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.device.cuda.Span;
import java.util.List;
import java.util.stream.Stream;

/** {@link CrossOperations} on a GPU, with the kernels of {@code cross.cu}. */
public final class CudaCrossOperations implements CrossOperations {

    static final String FAMILY = "cross";

    /** Numbers of layers up to which there are kernels that keep the reads of all layers under way. */
    private static final int MOST_UNROLLED_LAYERS = 4;

    private final CudaContext context;

    public CudaCrossOperations(CudaContext context) {
        this.context = context;
    }

    @Override
    public Operation forward(Tensor x0, Tensor h, Tensor x, Tensor next) {
        CrossChecks.forward(x0, h, x, next);
        return elementwise("forward", List.of(x0, h, x, next));
    }

    @Override
    public Operation productGradient(Tensor g, Tensor x0, Tensor s) {
        CrossChecks.productGradient(g, x0, s);
        return elementwise("product_gradient", List.of(g, x0, s));
    }

    private Operation elementwise(String function, List<Tensor> tensors) {
        DataType type = tensors.getFirst().type();
        return Span.bind(Span.wide(type), tensors, span -> {
            KernelArguments arguments = new KernelArguments();
            tensors.forEach(tensor -> span.tensor(arguments, tensor));
            return span.launch(context.kernel(FAMILY, span.function(function, type)), arguments);
        });
    }

    @Override
    public Operation inputGradient(
            List<Tensor> gradients, List<Tensor> h, Tensor bottomGradient, Tensor x0, int bottomWidth, Tensor dx0, Tensor lossScale) {
        CrossChecks.inputGradient(gradients, h, bottomGradient, x0, bottomWidth, dx0, lossScale);
        DataType type = dx0.type();
        List<Tensor> tensors = Stream.of(gradients.stream(), h.stream(), Stream.ofNullable(bottomGradient), Stream.of(x0, dx0)).flatMap(each -> each).toList();
        // Launches have to know the column where some columns are treated differently.
        return Span.bindRows(Span.wide(type), tensors, span -> {
            KernelArguments arguments = span.tensor(new KernelArguments(), gradients.getFirst()).address(layers(gradients, h, span)).int32(h.size());
            span.tensorOrNull(arguments, bottomGradient);
            span.tensor(arguments, x0).int64(Math.max(0, bottomWidth - span.firstColumn())).address(lossScale == null ? 0 : lossScale.address());
            span.tensor(arguments, dx0);
            return span.launch(context.kernel(FAMILY, span.function(inputGradientFunction(h.size(), span.isWide()), type)), arguments);
        });
    }

    private static String inputGradientFunction(int layers, boolean isWide) {
        return isWide && layers > 0 && layers <= MOST_UNROLLED_LAYERS ? "input_gradient_" + layers : "input_gradient";
    }

    /** The address of a device table with address and row stride of the gradient and of h of every layer; 0 without layers. */
    private long layers(List<Tensor> gradients, List<Tensor> h, Span span) {
        return table("layers of the cross network's input gradient", span, Stream.iterate(0, layer -> layer < h.size(), layer -> layer + 1)
                .flatMap(layer -> Stream.of(gradients.get(layer + 1), h.get(layer))));
    }

    /** The address of a device table with address and row stride of tensors; 0 without tensors. */
    private long table(String owner, Span span, Stream<Tensor> tensors) {
        long[] table = tensors.flatMap(tensor -> Stream.of(span.address(tensor), tensor.rowStride())).mapToLong(Long::longValue).toArray();
        return table.length == 0 ? 0 : context.upload(owner, table).address();
    }

    @Override
    public Operation copy(Tensor source, Tensor target) {
        CrossChecks.copy(source, target);
        return CudaCopy.bind(context, source, target);
    }

    @Override
    public Operation sum(List<Tensor> terms, Tensor target) {
        CrossChecks.sum(terms, target);
        DataType type = target.type();
        return Span.bind(Span.wide(type), Stream.concat(terms.stream(), Stream.of(target)).toList(), span -> {
            KernelArguments arguments = new KernelArguments().address(table("terms of a sum", span, terms.stream())).int32(terms.size());
            return span.launch(context.kernel(FAMILY, span.function("sum", type)), span.tensor(arguments, target));
        });
    }
}
