package crosscut.engine.train;

import crosscut.engine.parallel.World;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What all ranks have to know together after a step, in one small sum over ranks: the loss of the global batch, whether any rank was asked to stop, and how
 * long a step takes. As all get the same answer, all leave at the same step.
 */
final class StepSums implements AutoCloseable {

    private static final int LOSS = 0;
    private static final int STOP = 1;
    private static final int SECONDS = 2;
    private static final int VALUES = 3;

    private final OwnedResources resources = new OwnedResources();
    private final Device device;
    private final DeviceMemory memory;
    private final Operation takeLoss;
    private final Operation sum;
    private final World world;
    private final MemorySegment ownOnHost;
    private final MemorySegment sumsOnHost;

    /**
     * Binds the sum.
     *
     * @param lossShare (1, 1) FLOAT32, this rank's share of the mean loss
     */
    StepSums(Device device, World world, Tensor lossShare) {
        this.device = device;
        this.world = world;
        try {
            Arena arena = resources.keep(Arena.ofShared());
            ownOnHost = arena.allocate(ValueLayout.JAVA_FLOAT, 2);
            sumsOnHost = arena.allocate(ValueLayout.JAVA_FLOAT, VALUES);
            memory = resources.keep(device.allocate("step sums", VALUES * Float.BYTES));
            Tensor values = memory.tensor(0, DataType.FLOAT32, 1, VALUES);
            takeLoss = device.cross().copy(lossShare, values.columnRange(LOSS, 1));
            sum = world.collectives().allReduceSum(values);
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
    }

    /**
     * Sums over all ranks.
     *
     * @param secondsHere what a step takes this rank
     */
    void exchange(Stream stream, boolean stopHere, double secondsHere) {
        ownOnHost.setAtIndex(ValueLayout.JAVA_FLOAT, 0, stopHere ? 1f : 0f);
        ownOnHost.setAtIndex(ValueLayout.JAVA_FLOAT, SECONDS - STOP, (float) secondsHere);
        device.write(memory, STOP * Float.BYTES, ownOnHost);
        takeLoss.launch(stream);
        sum.launch(stream);
        stream.synchronize();
        world.collectives().check();
        device.read(memory, 0, sumsOnHost);
    }

    /** Mean loss of the newest exchange's global batch. */
    double loss() {
        return sumsOnHost.getAtIndex(ValueLayout.JAVA_FLOAT, LOSS);
    }

    /** Whether any rank was asked to stop at the newest exchange. */
    boolean isStopWanted() {
        return sumsOnHost.getAtIndex(ValueLayout.JAVA_FLOAT, STOP) > 0;
    }

    /** What a step takes in the mean of all ranks. */
    double secondsPerStep() {
        return sumsOnHost.getAtIndex(ValueLayout.JAVA_FLOAT, SECONDS) / world.size();
    }

    @Override
    public void close() {
        resources.close();
    }
}
