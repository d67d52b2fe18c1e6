package crosscut.bench;

import com.sun.management.ThreadMXBean;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** An op that keeps the time of each of its launches. */
final class TimedOperation implements Operation {

    private static final Set<String> PRODUCTS = Set.of("forward", "inputGradient");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int MOST_LAUNCHES = 10_000;

    private final String name;
    private final List<Tensor> tensors;
    private final Operation operation;
    private final long[] nanoseconds = new long[MOST_LAUNCHES];
    private int launches;
    private long allocatedBytes;

    TimedOperation(String name, List<Tensor> tensors, Operation operation) {
        this.name = name;
        this.tensors = tensors;
        this.operation = operation;
    }

    @Override
    public void launch(Stream stream) {
        long allocated = THREADS.getTotalThreadAllocatedBytes();
        long start = System.nanoTime();
        operation.launch(stream);
        nanoseconds[launches++ % MOST_LAUNCHES] = System.nanoTime() - start;
        allocatedBytes += THREADS.getTotalThreadAllocatedBytes() - allocated;
    }

    /** Forgets all launches. */
    void reset() {
        launches = 0;
        allocatedBytes = 0;
    }

    int launches() {
        return launches;
    }

    /** Bytes of Java heap per launch since {@link #reset}, of all threads: more than 0 tells that the compiler put vectors on the heap. */
    long allocatedBytes() {
        return launches == 0 ? 0 : allocatedBytes / launches;
    }

    /** Seconds that the fastest tenth of the launches since {@link #reset} stays below: what the op takes when nothing else has the processor. */
    double time() {
        long[] sorted = Arrays.copyOf(nanoseconds, Math.min(launches, MOST_LAUNCHES));
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[sorted.length / 10] * 1e-9;
    }

    /** Whether this is a matrix product. The element-wise cross ops share two names with products, but there the first two tensors have one shape. */
    boolean isProduct() {
        return name.equals("weightGradient") || PRODUCTS.contains(name) && !sameShape(tensors.get(0), tensors.get(1));
    }

    private static boolean sameShape(Tensor one, Tensor other) {
        return one.rows() == other.rows() && one.columns() == other.columns();
    }

    /** Multiplications and additions of a product, 0 for other ops. */
    double operations() {
        if (!isProduct()) {
            return 0;
        }
        Tensor batchSided = tensors.getFirst();
        Tensor other = tensors.get(1);
        int width = name.equals("forward") ? other.columns() : name.equals("inputGradient") ? (int) other.rows() : other.columns();
        return 2.0 * batchSided.rows() * batchSided.columns() * width;
    }

    /** Bytes of all tensors that the op was bound to: what it moves when each is touched once. */
    double bytes() {
        return tensors.stream().mapToDouble(tensor -> (double) tensor.elements() * tensor.type().byteSize()).sum();
    }

    @Override
    public String toString() {
        String shapes = tensors.stream().map(tensor -> tensor.rows() + "x" + tensor.columns()).collect(Collectors.joining(" "));
        return name + " " + (shapes.length() <= 64 ? shapes : shapes.substring(0, 61) + "...");
    }
}
