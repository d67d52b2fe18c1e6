package crosscut.bench.operation;

import crosscut.bench.Processor;
import crosscut.bench.StepShape;
import crosscut.bench.TrainingStep;
import crosscut.engine.cost.CountedRows;
import crosscut.engine.cost.DistinctRows;
import crosscut.engine.cost.ObservedDevice;
import crosscut.engine.cost.OperationCall;
import crosscut.engine.cost.OperationCost;
import crosscut.engine.cost.ReluMasks;
import crosscut.engine.memory.DescribedDevice;
import crosscut.kernels.device.CpuWorkingMemory;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.gemm.MatrixLibrary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ops of a model, found by watching one training step and the {@link OtherOperations}: so they have the shapes of the model, read what a step has computed,
 * and none is forgotten. Of several with the same shapes one is kept.
 */
public final class ModelOperations implements AutoCloseable {

    private final Map<String, ModelOperation> found = new LinkedHashMap<>();
    private final ObservedDevice observed;
    private final TrainingStep step;
    private final OtherOperations others;
    private final ReluMasks masks = new ReluMasks(new CpuWorkingMemory(1));
    private DistinctRows rows;
    private boolean isStep = true;

    private ModelOperations(StepShape shape, Device device) {
        observed = new ObservedDevice(device, this::watched);
        step = new TrainingStep(shape, observed.device());
        rows = CountedRows.of(step.batch());
        step.run();
        isStep = false;
        others = new OtherOperations(shape, observed.device());
        rows = others.distinctRows();
        try (Stream stream = device.createStream("other ops")) {
            others.launch(stream);
        }
    }

    /**
     * Ops that can be launched.
     *
     * @param threads worker threads, 0 for one on each processor
     */
    public static ModelOperations onProcessor(StepShape shape, MatrixLibrary library, int threads) {
        return new ModelOperations(shape, Processor.open(threads, library));
    }

    /** The same ops with their costs, in no memory; launching them does nothing. */
    public static List<ModelOperation> described(StepShape shape) {
        try (ModelOperations operations = new ModelOperations(shape, DescribedDevice.open(new CpuWorkingMemory(1)))) {
            return operations.all();
        }
    }

    private Operation watched(OperationCall call, Operation operation) {
        return stream -> {
            OperationCost cost = OperationCost.of(call, rows, masks).in(observed.layer());
            ModelOperation entry = found.computeIfAbsent(cost.name(), _ -> new ModelOperation(cost, call, operation, 0));
            if (isStep) {
                found.put(cost.name(), entry.launchedAgain());
            }
            operation.launch(stream);
        };
    }

    /** In the order of their first launches. */
    public List<ModelOperation> all() {
        return List.copyOf(found.values());
    }

    /**
     * The first whose name starts with {@code name}.
     *
     * @throws IllegalArgumentException when there is none, with all names
     */
    public ModelOperation named(String name) {
        return found.values().stream().filter(operation -> operation.name().startsWith(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no op is called " + name + "; there are " + String.join(", ", found.keySet())));
    }

    Stream createStream() {
        return observed.device().createStream("op");
    }

    @Override
    public void close() {
        others.close();
        step.close();
    }
}
