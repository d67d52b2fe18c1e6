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

    /** The columns that the bottom MLP wrote and the others go to launches of their own. */
    @Override
    public Operation inputGradient(List<Tensor> gradients, List<Tensor> h, Tensor bottomGradient, Tensor x0, int bottomWidth, Tensor dx0) {
        CrossChecks.inputGradient(gradients, h, bottomGradient, x0, bottomWidth, dx0);
        if (x0.rows() == 0) {
            return new OperationSequence(List.of());
        }
        InputGradient all = new InputGradient(gradients, h, null, null, dx0);
        InputGradient bottom = all.columns(0, bottomWidth);
        InputGradient others = all.columns(bottomWidth, x0.columns() - bottomWidth);
        return new OperationSequence(List.of(
                bind(new InputGradient(bottom.gradients, bottom.h, bottomGradient, x0.columnRange(0, bottomWidth), bottom.dx0)), bind(others)));
    }

    private Operation bind(InputGradient part) {
        DataType type = part.dx0.type();
        return Span.bind(Span.wide(type), part.tensors(), span -> {
            KernelArguments arguments = span.tensor(new KernelArguments(), part.gradients.getFirst());
            arguments.address(layers(part, span)).int32(part.h.size());
            span.tensorOrNull(arguments, part.bottomGradient);
            span.tensorOrNull(arguments, part.x0);
            span.tensor(arguments, part.dx0);
            return span.launch(context.kernel(FAMILY, span.function(part.function(span.isWide()), type)), arguments);
        });
    }

    /** The address of a device table with address and row stride of the gradient and of h of every layer; 0 without layers. */
    private long layers(InputGradient part, Span span) {
        return table("layers of the cross network's input gradient", span, Stream.iterate(0, layer -> layer < part.h.size(), layer -> layer + 1)
                .flatMap(layer -> Stream.of(part.gradients.get(layer + 1), part.h.get(layer))));
    }

    /** The address of a device table with address and row stride of tensors; 0 without tensors. */
    private long table(String owner, Span span, Stream<Tensor> tensors) {
        long[] table = tensors.flatMap(tensor -> Stream.of(span.address(tensor), tensor.rowStride())).mapToLong(Long::longValue).toArray();
        return table.length == 0 ? 0 : context.upload(owner, table).address();
    }

    /**
     * Some columns of the gradient of x0.
     *
     * @param bottomGradient null for none
     * @param x0 null where no ReLU wrote x0
     */
    private record InputGradient(List<Tensor> gradients, List<Tensor> h, Tensor bottomGradient, Tensor x0, Tensor dx0) {

        /** Numbers of layers up to which there are kernels that keep the reads of all layers under way. */
        private static final int MOST_UNROLLED_LAYERS = 4;

        InputGradient columns(int from, int count) {
            return new InputGradient(gradients.stream().map(tensor -> tensor.columnRange(from, count)).toList(),
                    h.stream().map(tensor -> tensor.columnRange(from, count)).toList(), null, null, dx0.columnRange(from, count));
        }

        List<Tensor> tensors() {
            Stream<Tensor> optional = Stream.of(bottomGradient, x0, dx0).flatMap(Stream::ofNullable);
            return Stream.of(gradients.stream(), h.stream(), optional).flatMap(tensors -> tensors).toList();
        }

        String function(boolean isWide) {
            boolean isUnrolled = isWide && !h.isEmpty() && h.size() <= MOST_UNROLLED_LAYERS;
            return isUnrolled ? "input_gradient_" + h.size() : "input_gradient";
        }
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
