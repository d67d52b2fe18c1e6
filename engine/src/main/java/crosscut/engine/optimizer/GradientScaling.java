package crosscut.engine.optimizer;

import crosscut.engine.config.LossScaling;
import crosscut.engine.parallel.World;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.optimizer.LossScale;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** The loss scale of an fp16 training, on the device: steps whose gradients overflow are skipped there, and the host learns of it when it reads. */
public final class GradientScaling implements AutoCloseable {

    private static final long BYTES = (long) LossScale.STATE_VALUES * Float.BYTES;

    private final OwnedResources resources = new OwnedResources();
    private final Device device;
    private final LossScale rule;
    private final DeviceMemory memory;
    private final MemorySegment onHost;

    /** Writes the first scale. */
    public GradientScaling(Device device, LossScaling scaling) {
        this.device = device;
        this.rule = scaling.rule();
        try {
            this.memory = resources.keep(device.allocate("loss scale", BYTES));
            this.onHost = resources.keep(Arena.ofShared()).allocate(BYTES, Float.BYTES);
            onHost.setAtIndex(ValueLayout.JAVA_FLOAT, LossScale.SCALE, scaling.initialScale());
            device.write(memory, 0, onHost);
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
    }

    /** (1, {@link LossScale#STATE_VALUES}) FLOAT32. */
    public Tensor state() {
        return memory.tensor(0, DataType.FLOAT32, 1, LossScale.STATE_VALUES);
    }

    /**
     * What stands between the gradients and the updates: looks for overflows on all ranks and tells the updates by the step values.
     *
     * @param gradients what updates will read, but what has marked overflows itself
     * @param stepValues (1, {@link crosscut.kernels.optimizer.UpdateRule#STEP_VALUES}) FLOAT32
     */
    public Operation finish(World world, List<Tensor> gradients, Tensor stepValues) {
        return new OperationSequence(List.of(
                device.optimizer().checkFinite(gradients, state()),
                world.collectives().allReduceSum(state().columnRange(LossScale.OVERFLOW, 1)),
                device.optimizer().adjustLossScale(rule, state(), stepValues)));
    }

    /** Waits for the device and reads its state: {@link #currentScale} and {@link #skippedSteps} are of now. */
    public void read() {
        device.read(memory, 0, onHost);
    }

    /** The scale at the newest {@link #read}. */
    public float currentScale() {
        return onHost.getAtIndex(ValueLayout.JAVA_FLOAT, LossScale.SCALE);
    }

    /** Steps skipped up to the newest {@link #read}. */
    public long skippedSteps() {
        return (long) onHost.getAtIndex(ValueLayout.JAVA_FLOAT, LossScale.SKIPPED_STEPS);
    }

    /** The whole state at the newest {@link #read}, for a checkpoint. */
    public List<Float> values() {
        return onHost.elements(ValueLayout.JAVA_FLOAT).map(value -> value.get(ValueLayout.JAVA_FLOAT, 0)).toList();
    }

    /** Goes on where {@link #values} were taken. */
    public void restore(List<Float> values) {
        for (int index = 0; index < LossScale.STATE_VALUES; index++) {
            onHost.setAtIndex(ValueLayout.JAVA_FLOAT, index, values.get(index));
        }
        device.write(memory, 0, onHost);
    }

    @Override
    public void close() {
        resources.close();
    }
}
