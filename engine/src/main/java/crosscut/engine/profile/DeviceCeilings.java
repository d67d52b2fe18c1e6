package crosscut.engine.profile;

import crosscut.engine.cost.OperationCost;
import crosscut.engine.cost.StepCosts;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TimedEvent;
import crosscut.kernels.gemm.Activation;
import crosscut.kernels.random.RandomStream;

/**
 * What a device does at best, measured on it with its own ops: the ceilings that a launch can be held against.
 *
 * @param copyBytes bytes per second, read and written, of a large copy
 * @param productOperations multiplications and additions per second of a large square product
 */
public record DeviceCeilings(double copyBytes, double productOperations) {

    /** Sizes grow until one takes this long: then launching it no longer counts, and a simulator is not kept busy for minutes. */
    private static final double LONG_ENOUGH_SECONDS = 0.02;

    private static final int SMALLEST_PRODUCT = 256;
    private static final int LARGEST_PRODUCT = 8192;
    private static final long SMALLEST_COPY = 1L << 20;
    private static final long LARGEST_COPY = 1L << 30;
    private static final int COPY_COLUMNS = 4096;
    private static final int REPEATS = 12;

    /**
     * Measures both; takes below a second on any real device.
     *
     * @param type element type of the product
     */
    public static DeviceCeilings measure(Device device, DataType type) {
        double copy = 0;
        for (long bytes = SMALLEST_COPY; bytes <= LARGEST_COPY; bytes *= 4) {
            long size = bytes;
            Measured measured = copy(device, size);
            copy = measured.amount() / measured.seconds();
            if (measured.seconds() >= LONG_ENOUGH_SECONDS) {
                break;
            }
        }
        double product = 0;
        for (int size = SMALLEST_PRODUCT; size <= LARGEST_PRODUCT; size *= 2) {
            Measured measured = product(device, type, size);
            product = Math.max(product, measured.amount() / measured.seconds());
            if (measured.seconds() >= LONG_ENOUGH_SECONDS) {
                break;
            }
        }
        return new DeviceCeilings(copy, product);
    }

    /** Whether arithmetic takes an op longer than its bytes when it is as fast as the device allows. */
    public boolean isBoundByArithmetic(OperationCost cost) {
        return cost.operations() / productOperations > cost.bytes() / copyBytes;
    }

    /** Seconds that an op takes when it is as fast as the device allows: at the ceiling that binds it. */
    public double floorSeconds(OperationCost cost) {
        return Math.max(cost.operations() / productOperations, cost.bytes() / copyBytes);
    }

    /** Seconds that a step takes when each of its launches is as fast as the device allows and they follow each other without a gap. */
    public double floorSeconds(StepCosts costs) {
        return costs.launches().stream().mapToDouble(this::floorSeconds).sum();
    }

    /** The higher of both. */
    public DeviceCeilings orBetter(DeviceCeilings other) {
        return new DeviceCeilings(Math.max(copyBytes, other.copyBytes), Math.max(productOperations, other.productOperations));
    }

    private record Measured(double amount, double seconds) {}

    private static Measured copy(Device device, long bytes) {
        long rows = bytes / Float.BYTES / COPY_COLUMNS;
        try (DeviceMemory memory = device.allocate("copy to measure bandwidth", 2 * bytes)) {
            Tensor source = memory.tensor(0, DataType.FLOAT32, rows, COPY_COLUMNS);
            fill(device, source);
            return new Measured(2.0 * bytes, seconds(device, device.cross().copy(source, memory.tensor(bytes, DataType.FLOAT32, rows, COPY_COLUMNS))));
        }
    }

    private static Measured product(Device device, DataType type, int size) {
        long elements = (long) size * size;
        long bytes = elements * type.byteSize();
        try (DeviceMemory memory = device.allocate("product to measure its speed", 3 * bytes);
                DeviceMemory values = device.allocate("values of the product", elements * Float.BYTES)) {
            Tensor drawn = values.tensor(0, DataType.FLOAT32, size, size);
            fill(device, drawn);
            Tensor x = memory.tensor(0, type, size, size);
            Tensor w = memory.tensor(bytes, type, size, size);
            launch(device, device.optimizer().cast(drawn, x));
            launch(device, device.optimizer().cast(drawn, w));
            Operation product = device.matrixProducts().forward(x, w, null, Activation.NONE, memory.tensor(2 * bytes, type, size, size));
            return new Measured(2.0 * elements * size, seconds(device, product));
        }
    }

    /** Random numbers: on zeros a processor may be faster than on any real data. */
    private static void fill(Device device, Tensor target) {
        device.random().uniform(target, 0, 1, RandomStream.streamOf(target.memory().owner()), 1f);
    }

    private static void launch(Device device, Operation operation) {
        try (Stream stream = device.createStream("ceilings")) {
            operation.launch(stream);
            stream.synchronize();
        }
    }

    private static double seconds(Device device, Operation operation) {
        Times times = new Times();
        try (Stream stream = device.createStream("ceilings"); TimedEvent begin = device.createTimedEvent(); TimedEvent end = device.createTimedEvent()) {
            for (int i = 0; i < REPEATS; i++) {
                begin.record(stream);
                operation.launch(stream);
                end.record(stream);
                stream.synchronize();
                times.add(end.secondsSince(begin));
            }
        }
        return times.undisturbed();
    }
}
