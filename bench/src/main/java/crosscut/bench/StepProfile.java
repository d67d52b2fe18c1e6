package crosscut.bench;

import crosscut.engine.config.Precision;
import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.gemm.Activation;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Where the time of a training step goes: every op's time against the product speed and the copy bandwidth measured in the same run. A time is the first decile
 * of all launches, because other programs only add. Arguments: size, batch size, precision, threads, seconds.
 */
public final class StepProfile {

    private static final int PEAK_SIZE = 2048;
    private static final int COPY_ROWS = 8192;
    private static final int REPEATS = 15;

    private StepProfile() {
    }

    /** Prints one table. */
    public static void main(String[] arguments) {
        ModelSize size = ModelSize.valueOf(arguments[0]);
        int batch = Integer.parseInt(arguments[1]);
        Precision precision = Precision.valueOf(arguments[2]);
        int threads = Integer.parseInt(arguments[3]);
        double seconds = Double.parseDouble(arguments[4]);
        TimedDevice timed = new TimedDevice();
        Device device = CpuDevice.open(threads, pool -> CpuMatrixProducts.open(pool, MatrixLibrary.AUTO));
        double peak = peak(device, precision.computeType());
        double bandwidth = bandwidth(device);
        try (TrainingStep step = new TrainingStep(size, batch, precision, timed.around(device))) {
            run(step, seconds);
            timed.operations().forEach(TimedOperation::reset);
            double whole = run(step, seconds);
            print(timed.operations(), whole, batch, peak, bandwidth);
        }
    }

    /** Steps for the given time; their first decile in seconds. */
    private static double run(TrainingStep step, double seconds) {
        double[] times = new double[0];
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end || times.length < REPEATS) {
            long start = System.nanoTime();
            step.run();
            times = Arrays.copyOf(times, times.length + 1);
            times[times.length - 1] = (System.nanoTime() - start) * 1e-9;
        }
        return fast(times);
    }

    private static double fast(double[] times) {
        Arrays.sort(times);
        return times[times.length / 10];
    }

    /** Operations per second of a square product that all threads share. */
    private static double peak(Device device, DataType type) {
        long bytes = (long) PEAK_SIZE * PEAK_SIZE * type.byteSize();
        try (DeviceMemory memory = device.allocate("peak", 3 * bytes)) {
            Operation product = device.matrixProducts().forward(square(memory, type, 0), square(memory, type, bytes), null, Activation.NONE,
                    square(memory, type, 2 * bytes));
            return 2.0 * PEAK_SIZE * PEAK_SIZE * PEAK_SIZE / time(device, product);
        }
    }

    private static Tensor square(DeviceMemory memory, DataType type, long offset) {
        return memory.tensor(offset, type, PEAK_SIZE, PEAK_SIZE);
    }

    /** Bytes read and written per second by a copy that all threads share. */
    private static double bandwidth(Device device) {
        long bytes = (long) COPY_ROWS * COPY_ROWS;
        try (DeviceMemory memory = device.allocate("copy", 2 * bytes)) {
            Operation copy = device.cross().copy(memory.tensor(0, DataType.FLOAT32, COPY_ROWS, COPY_ROWS / Float.BYTES),
                    memory.tensor(bytes, DataType.FLOAT32, COPY_ROWS, COPY_ROWS / Float.BYTES));
            return 2.0 * bytes / time(device, copy);
        }
    }

    private static double time(Device device, Operation operation) {
        double[] times = new double[REPEATS];
        try (Stream stream = device.createStream("profile")) {
            for (int i = 0; i < REPEATS; i++) {
                long start = System.nanoTime();
                operation.launch(stream);
                stream.synchronize();
                times[i] = (System.nanoTime() - start) * 1e-9;
            }
        }
        return fast(times);
    }

    private static void print(List<TimedOperation> operations, double whole, int batch, double peak, double bandwidth) {
        double products = 0;
        double ops = 0;
        double work = 0;
        System.out.printf(Locale.ROOT, "peak %.0f GFLOP/s, copy %.1f GB/s%n%10s %6s %11s %8s %8s  op%n",
                peak * 1e-9, bandwidth * 1e-9, "us", "step", "speed", "reached", "heap");
        for (TimedOperation operation : operations) {
            double time = operation.time();
            if (time == 0) {
                continue;
            }
            double speed = (operation.isProduct() ? operation.operations() : operation.bytes()) / time;
            System.out.printf(Locale.ROOT, "%10.1f %5.1f%% %6.1f %s %7.0f%% %8d  %s%n", time * 1e6, 100 * time / whole, speed * 1e-9,
                    operation.isProduct() ? "GF/s" : "GB/s", 100 * speed / (operation.isProduct() ? peak : bandwidth),
                    operation.allocatedBytes(), operation);
            ops += time;
            products += operation.isProduct() ? time : 0;
            work += operation.operations();
        }
        System.out.printf(Locale.ROOT, "step %.3f ms, %.0f samples/s; ops %.3f ms; products %.3f ms at %.0f GFLOP/s (%.0f%% of peak), step / products %.3f%n",
                whole * 1e3, batch / whole, ops * 1e3, products * 1e3, work / products * 1e-9, 100 * work / products / peak, whole / products);
    }
}
