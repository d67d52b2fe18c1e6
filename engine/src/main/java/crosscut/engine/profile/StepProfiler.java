package crosscut.engine.profile;

import crosscut.engine.cost.DistinctRows;
import crosscut.engine.cost.ObservedDevice;
import crosscut.engine.cost.OperationCall;
import crosscut.engine.cost.OperationCost;
import crosscut.engine.cost.ReluMasks;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Measures training steps launch by launch. A measured step is slower than others: its launches run one after the other, each between two events, uncaptured,
 * and the host waits for the last. The first steps are not measured, because code is still being compiled and caches are cold.
 */
public final class StepProfiler implements StepWatch {

    /** Steps before the first measured one. */
    public static final int WARMUP_STEPS = 5;

    private final Device device;
    private final DataType type;
    private final ObservedDevice observed;
    private final DeviceCeilings ceilings;
    private final ReluMasks masks;
    private final GroupedRows grouped = new GroupedRows();
    private final LaunchOrder order = new LaunchOrder();
    private final List<TimedOperation> operations = new ArrayList<>();
    private final Times steps = new Times();
    private DistinctRows rows = DistinctRows.MOST;
    private int samples;
    private long seen;
    private long stepBegin;

    private StepProfiler(Device device, DataType type) {
        this.device = device;
        this.type = type;
        ceilings = DeviceCeilings.measure(device, type);
        masks = new ReluMasks(device.workingMemory());
        observed = new ObservedDevice(device, this::timed);
    }

    /**
     * Measures what {@code device} does at best, then whatever trains on {@link #device}.
     *
     * @param type element type of activations
     */
    public static StepProfiler around(Device device, DataType type) {
        return new StepProfiler(device, type);
    }

    private Operation timed(OperationCall call, Operation operation) {
        masks.bound(call);
        grouped.bound(call);
        TimedOperation measured = new TimedOperation(device, order, call, operation, () -> observed.layer());
        operations.add(measured);
        return measured;
    }

    /** The device to train on; closing it closes the one that was given. */
    public Device device() {
        return observed.device();
    }

    @Override
    public void beforeStep() {
        order.measure(seen >= WARMUP_STEPS);
        stepBegin = System.nanoTime();
    }

    @Override
    public void afterStep(RawBatch batch) {
        if (order.isMeasured()) {
            order.synchronize();
            steps.add((System.nanoTime() - stepBegin) * 1e-9);
            operations.forEach(TimedOperation::collect);
            order.measure(false);
        }
        if (seen == 0) {
            rows = grouped.count(device);
            samples = batch.layout().batchSize();
        }
        seen++;
    }

    @Override
    public List<String> summary() {
        return profile().lines();
    }

    /** What was measured so far; what the device does at best is measured once more, since other programs only take away from it. */
    public StepProfile profile() {
        long measuredSteps = Math.max(0, seen - WARMUP_STEPS);
        List<StepProfile.Row> measured = operations.stream().filter(operation -> operation.launches() > 0)
                .sorted(Comparator.comparingLong(TimedOperation::firstLaunch))
                .map(operation -> new StepProfile.Row(OperationCost.of(operation.call(), rows, masks).in(operation.layer()),
                        (double) operation.launches() / measuredSteps, operation.seconds(), operation.allocatedBytes()))
                .toList();
        return new StepProfile(StepProfile.Row.joined(measured), steps.undisturbed(), measuredSteps, samples,
                ceilings.orBetter(DeviceCeilings.measure(device, type)));
    }
}
