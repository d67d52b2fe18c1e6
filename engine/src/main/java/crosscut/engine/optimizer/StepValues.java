package crosscut.engine.optimizer;

import crosscut.engine.config.OptimizerConfig;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.optimizer.UpdateRule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The small device block with what changes per step; one copy writes it, every optimizer op reads it. */
public final class StepValues implements AutoCloseable {

    private static final long BYTES = (long) UpdateRule.STEP_VALUES * Float.BYTES;

    private final OptimizerConfig config;
    private final LearningRateSchedule schedule;
    private final Device device;
    private final DeviceMemory memory;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment staging = arena.allocate(BYTES, Float.BYTES);

    public StepValues(Device device, OptimizerConfig config) {
        this.device = device;
        this.config = config;
        this.schedule = new LearningRateSchedule(config);
        this.memory = device.allocate("step values", BYTES);
    }

    /** (1, {@link UpdateRule#STEP_VALUES}) FLOAT32. */
    public Tensor tensor() {
        return memory.tensor(0, DataType.FLOAT32, 1, UpdateRule.STEP_VALUES);
    }

    /** Writes the values of the step with index {@code step}, counted from 0 over all epochs. Returns its learning rate. */
    public double write(long step) {
        double rate = schedule.rate(step);
        staging.setAtIndex(ValueLayout.JAVA_FLOAT, UpdateRule.STEP_SIZE, (float) (rate * biasCorrection(step + 1)));
        staging.setAtIndex(ValueLayout.JAVA_FLOAT, UpdateRule.GRADIENT_SCALE, 1f);
        staging.setAtIndex(ValueLayout.JAVA_FLOAT, UpdateRule.SKIP, 0f);
        device.write(memory, 0, staging);
        return rate;
    }

    /** sqrt(1 - beta2^t) / (1 - beta1^t) with t from 1, so that the kernels need no power function. */
    private double biasCorrection(long t) {
        return switch (config.kind()) {
            case ADAM -> Math.sqrt(1 - Math.pow(config.beta2(), t)) / (1 - Math.pow(config.beta1(), t));
            case SGD -> 1;
        };
    }

    @Override
    public void close() {
        memory.close();
        arena.close();
    }
}
