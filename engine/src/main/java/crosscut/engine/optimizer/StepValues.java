package crosscut.engine.optimizer;

import crosscut.engine.config.OptimizerConfig;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.StagedUpload;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.optimizer.UpdateRule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The small device block with what changes per step; one copy that nobody waits for writes it, every optimizer op reads it. */
public final class StepValues implements AutoCloseable {

    /** Steps that the host may be ahead. */
    private static final int SLOTS = 4;

    private static final long BYTES = (long) UpdateRule.STEP_VALUES * Float.BYTES;

    private final OwnedResources resources = new OwnedResources();
    private final OptimizerConfig config;
    private final LearningRateSchedule schedule;
    private final DeviceMemory memory;
    private final StagedUpload upload;

    public StepValues(Device device, OptimizerConfig config) {
        this.config = config;
        this.schedule = new LearningRateSchedule(config);
        try {
            this.memory = resources.keep(device.allocate("step values", BYTES));
            this.upload = resources.keep(device.createUpload(tensor(), SLOTS));
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
    }

    /** (1, {@link UpdateRule#STEP_VALUES}) FLOAT32. */
    public Tensor tensor() {
        return memory.tensor(0, DataType.FLOAT32, 1, UpdateRule.STEP_VALUES);
    }

    /**
     * Enqueues the values of the step with index {@code step}, counted from 0 over all epochs, for everything launched on the stream behind it. Returns its
     * learning rate.
     */
    public double write(long step, Stream stream) {
        double rate = schedule.rate(step);
        MemorySegment staging = upload.next();
        staging.setAtIndex(ValueLayout.JAVA_FLOAT, UpdateRule.STEP_SIZE, (float) (rate * biasCorrection(step + 1)));
        staging.setAtIndex(ValueLayout.JAVA_FLOAT, UpdateRule.GRADIENT_SCALE, 1f);
        staging.setAtIndex(ValueLayout.JAVA_FLOAT, UpdateRule.SKIP, 0f);
        upload.launch(stream);
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
        resources.close();
    }
}
