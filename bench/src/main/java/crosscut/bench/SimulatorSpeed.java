package crosscut.bench;

import crosscut.bindings.cuda.Cuda;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaDevice;
import crosscut.kernels.device.cuda.CudaLibraries;
import crosscut.kernels.device.cuda.CudaOptions;
import crosscut.kernels.embedding.EmbeddingOperations.IdGroups;
import crosscut.kernels.embedding.EmbeddingTable;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.loss.LastLayer;
import crosscut.kernels.optimizer.UpdateRule;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.driver.SimulatedCuda;
import crosscut.simulator.execution.LaneOrder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * How many instructions of our own kernels the PTX simulator executes in a second of one core, counted per GPU thread, without checks and with them:
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED --add-modules jdk.incubator.vector \
 *     -cp 'bench/target/classes:launcher/target/crosscut/lib/*' crosscut.bench.SimulatorSpeed
 * </pre>
 */
public final class SimulatorSpeed {

    private static final int WARM_UP = 12;
    private static final int MEASURED = 12;
    private static final int BATCH = 512;
    private static final int WIDTH = 432;
    private static final int PARAMETERS = 1 << 17;
    private static final int TABLES = 8;
    private static final int ROWS = 1000;
    private static final int DIMENSION = 16;

    private SimulatorSpeed() {
    }

    /** Prints a table. */
    public static void main(String[] arguments) {
        Map<String, double[]> speeds = new LinkedHashMap<>();
        for (boolean checks : new boolean[] {false, true}) {
            measure(checks, speeds);
        }
        System.out.println("million thread-instructions per second of one core, median of " + MEASURED + " launches after " + WARM_UP);
        System.out.printf("%-28s %14s %14s%n", "kernels of", "without checks", "with checks");
        speeds.forEach((name, both) -> System.out.printf(Locale.ROOT, "%-28s %14.0f %14.0f%n", name, both[0], both[1]));
    }

    private static void measure(boolean checks, Map<String, double[]> speeds) {
        forEach(checks, (name, operation, cuda, stream) -> speeds.computeIfAbsent(name, _ -> new double[2])[checks ? 1 : 0] = speed(cuda, stream, operation));
    }

    /** How many instructions a launch of each kind of kernels is. */
    static Map<String, Long> instructions(boolean checks) {
        Map<String, Long> instructions = new LinkedHashMap<>();
        forEach(checks, (name, operation, cuda, stream) -> {
            long executed = cuda.simulator().executedThreadInstructions();
            operation.launch(stream);
            stream.synchronize();
            instructions.put(name, cuda.simulator().executedThreadInstructions() - executed);
        });
        return instructions;
    }

    private interface Visitor {

        void visit(String name, Operation operation, SimulatedCuda cuda, Stream stream);
    }

    private static void forEach(boolean checks, Visitor visitor) {
        try (SimulatedCuda cuda = new SimulatedCuda(new SimulatorOptions(LaneOrder.LOCK_STEP, 0, checks, 1));
                Device device = CudaDevice.open(new CudaLibraries(new Cuda(cuda), null), CudaOptions.ofSimulator(_ -> { }));
                Stream stream = device.createStream("speed")) {
            operations(device).forEach((name, operation) -> visitor.visit(name, operation, cuda, stream));
        }
    }

    private static double speed(SimulatedCuda cuda, Stream stream, Operation operation) {
        var threads = ManagementFactory.getThreadMXBean();
        List<Double> speeds = new ArrayList<>();
        for (int round = 0; round < WARM_UP + MEASURED; round++) {
            long executed = cuda.simulator().executedThreadInstructions();
            long begin = threads.getCurrentThreadCpuTime();
            operation.launch(stream);
            stream.synchronize();
            double seconds = (threads.getCurrentThreadCpuTime() - begin) * 1e-9;
            if (round >= WARM_UP) {
                speeds.add((cuda.simulator().executedThreadInstructions() - executed) / seconds / 1e6);
            }
        }
        speeds.sort(null);
        return speeds.get(MEASURED / 2);
    }

    private static Map<String, Operation> operations(Device device) {
        Map<String, Operation> operations = new LinkedHashMap<>();
        for (DataType type : List.of(DataType.FLOAT32, DataType.FLOAT16)) {
            Tensor x0 = tensor(device, type, BATCH, WIDTH);
            Tensor h = tensor(device, type, BATCH, WIDTH);
            Tensor x = tensor(device, type, BATCH, WIDTH);
            operations.put("cross forward, " + type, device.cross().forward(x0, h, x, tensor(device, type, BATCH, WIDTH)));
            operations.put("cross input gradient, " + type,
                    device.cross().inputGradient(List.of(x, h, x0), List.of(h, x), null, x0, DIMENSION, tensor(device, type, BATCH, WIDTH), null));
        }
        Tensor step = tensor(device, DataType.FLOAT32, 1, UpdateRule.STEP_VALUES);
        UpdateRule adam = new UpdateRule(UpdateRule.Kind.ADAM, 0.9, 0.999, 1e-7);
        operations.put("dense Adam", device.optimizer().update(adam, tensor(device, DataType.FLOAT32, 1, PARAMETERS),
                tensor(device, DataType.FLOAT32, 1, PARAMETERS), tensor(device, DataType.FLOAT32, 1, PARAMETERS),
                tensor(device, DataType.FLOAT32, 1, PARAMETERS), null, step));
        embedding(device, operations, adam, step);
        operations.put("last layer", device.loss().lastLayer(lastLayer(device), tensor(device, DataType.FLOAT32, 1, BATCH), BATCH, null,
                tensor(device, DataType.FLOAT32, 1, 1)));
        return operations;
    }

    private static LastLayer lastLayer(Device device) {
        return new LastLayer(tensor(device, DataType.FLOAT32, BATCH, WIDTH), true, tensor(device, DataType.FLOAT32, WIDTH, 1),
                tensor(device, DataType.FLOAT32, 1, 1), tensor(device, DataType.FLOAT32, BATCH, 1), tensor(device, DataType.FLOAT32, BATCH, 1),
                tensor(device, DataType.FLOAT32, BATCH, WIDTH), tensor(device, DataType.FLOAT32, WIDTH, 1), tensor(device, DataType.FLOAT32, 1, 1));
    }

    private static void embedding(Device device, Map<String, Operation> operations, UpdateRule adam, Tensor step) {
        List<EmbeddingTable> tables = new ArrayList<>();
        for (int table = 0; table < TABLES; table++) {
            tables.add(new EmbeddingTable("table " + table, ROWS, DIMENSION, 1, Pooling.SUM, (long) table * ROWS * DIMENSION, (long) table * BATCH,
                    table * DIMENSION));
        }
        long bytes = (long) TABLES * ROWS * DIMENSION * Float.BYTES;
        TableSet set = new TableSet(tables, device.allocate("weights", bytes), device.allocate("m", bytes), device.allocate("v", bytes));
        Tensor ids = device.allocate("ids", (long) TABLES * BATCH * Integer.BYTES).tensor(0, DataType.INT32, 1, TABLES * BATCH);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(ValueLayout.JAVA_INT, TABLES * BATCH);
            Random random = new Random(1);
            for (int index = 0; index < TABLES * BATCH; index++) {
                values.setAtIndex(ValueLayout.JAVA_INT, index, (int) (ROWS * Math.pow(random.nextDouble(), 4)));
            }
            device.write(ids.memory(), 0, values);
        }
        IdGroups groups = device.embedding().createIdGroups(set, BATCH);
        Tensor x0 = tensor(device, DataType.FLOAT32, BATCH, TABLES * DIMENSION);
        operations.put("gather", device.embedding().gather(set, ids, x0));
        operations.put("sort of ids", device.embedding().groupIds(ids, groups));
        operations.put("segment reduce + lazy Adam", device.embedding().update(groups, x0, set, adam, step));
    }

    private static Tensor tensor(Device device, DataType type, long rows, int columns) {
        DeviceMemory memory = device.allocate("tensor", rows * columns * type.byteSize());
        return memory.tensor(0, type, rows, columns);
    }
}
