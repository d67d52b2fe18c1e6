package crosscut.kernels.device.cuda;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A part of the columns of some tensors of one shape that one launch of an elementwise kernel treats ({@code pieces.cuh}): wide, a multiple of what a thread
 * moves in accesses of 16 bytes, or single, one number per thread. Tensors without gaps count as one row.
 *
 * @param isWide which of the two kernels
 * @param rows number of rows
 * @param firstColumn where the part starts
 * @param columns number of columns
 * @param perThread numbers that a thread treats
 */
public record Span(boolean isWide, long rows, long firstColumn, long columns, int perThread) {

    /** Threads of a block of an elementwise kernel. */
    public static final int THREADS = 256;

    private static final int WIDE_BYTES = 16;

    /** Numbers of the type that take 16 bytes. */
    public static int wide(DataType type) {
        return WIDE_BYTES / type.byteSize();
    }

    /**
     * Cuts an elementwise op into launches.
     *
     * @param perThread numbers that a thread of the wide kernel treats
     * @param tensors all of one shape
     * @param launch binds the launch of a part
     */
    public static Operation bind(int perThread, List<Tensor> tensors, Function<Span, Operation> launch) {
        Tensor first = tensors.getFirst();
        boolean isOneRow = tensors.stream().allMatch(Tensor::isDense);
        return isOneRow && first.elements() > 0
                ? bind(perThread, tensors, 1, first.elements(), launch)
                : bind(perThread, tensors, first.rows(), first.columns(), launch);
    }

    /** The same for ops that need to know the row: here tensors without gaps do not count as one. */
    public static Operation bindRows(int perThread, List<Tensor> tensors, Function<Span, Operation> launch) {
        return bind(perThread, tensors, tensors.getFirst().rows(), tensors.getFirst().columns(), launch);
    }

    private static Operation bind(int perThread, List<Tensor> tensors, long rows, long columns, Function<Span, Operation> launch) {
        long wide = areAligned(perThread, tensors, rows > 1) ? columns - columns % perThread : 0;
        List<Span> spans = new ArrayList<>();
        if (rows * wide > 0) {
            spans.add(new Span(true, rows, 0, wide, perThread));
        }
        if (rows * (columns - wide) > 0) {
            spans.add(new Span(false, rows, wide, columns - wide, 1));
        }
        List<Operation> launches = spans.stream().map(launch).toList();
        return launches.size() == 1 ? launches.getFirst() : new OperationSequence(launches);
    }

    /** True when {@code perThread} numbers can be moved in accesses of up to 16 bytes from the start of every tensor and, with {@code rows}, of every row. */
    public static boolean areAligned(int perThread, List<Tensor> tensors, boolean rows) {
        return tensors.stream().allMatch(tensor -> {
            long access = Math.min(WIDE_BYTES, (long) perThread * tensor.type().byteSize());
            return tensor.address() % access == 0 && !(rows && tensor.rowStride() * tensor.type().byteSize() % access != 0);
        });
    }

    /** The name of the kernel: {@code function_wide_bf16}. */
    public String function(String function, DataType type) {
        return function + (isWide ? "_wide_" : "_single_") + suffix(type);
    }

    /** How names of kernels end that are there for every type of activations. */
    public static String suffix(DataType type) {
        return switch (type) {
            case FLOAT32 -> "f32";
            case BFLOAT16 -> "bf16";
            case FLOAT16 -> "f16";
            default -> throw new IllegalArgumentException("no kernel computes in " + type);
        };
    }

    /** Arguments for one tensor: the address of its first number in this part, and its row stride. */
    public KernelArguments tensor(KernelArguments arguments, Tensor tensor) {
        return arguments.address(address(tensor)).int64(tensor.rowStride());
    }

    /** The same, with a null pointer for a tensor that is not there. */
    public KernelArguments tensorOrNull(KernelArguments arguments, Tensor tensor) {
        return tensor == null ? arguments.address(0).int64(0) : tensor(arguments, tensor);
    }

    /** The address of the tensor's first number in this part. */
    public long address(Tensor tensor) {
        return tensor.address() + firstColumn * tensor.type().byteSize();
    }

    /** Launches {@code kernel} over this part, which takes rows and columns as its last arguments. */
    public Operation launch(CudaKernel kernel, KernelArguments arguments) {
        return kernel.bind(blocks(), THREADS, 0, arguments.int64(rows).int64(columns));
    }

    /** Blocks that cover the part. */
    public long blocks() {
        return Math.ceilDiv(rows * (columns / perThread), THREADS);
    }
}
