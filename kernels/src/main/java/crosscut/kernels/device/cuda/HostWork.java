package crosscut.kernels.device.cuda;

import crosscut.bindings.cuda.HostFunction;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Work of the host in the order of a stream: tensors come to pinned memory, the host does something with them there, and they go back. All of it is enqueued,
 * so that nothing waits, and a graph can capture it. Belongs to one device, which frees it when it closes.
 */
public final class HostWork implements AutoCloseable {

    private final CudaContext context;
    private final Arena arena = Arena.ofShared();
    private final List<DeviceMemory> twins = new ArrayList<>();
    private volatile Throwable failure;

    /** Makes work of {@code device}, which must not be closed before the graphs that captured it. */
    public HostWork(CudaDevice device) {
        context = device.context();
        context.resources().keep(this);
    }

    /** Pinned host memory of the shape of a dense tensor. */
    public Tensor twin(Tensor onDevice) {
        if (!onDevice.isDense()) {
            throw new IllegalArgumentException(
                    "only dense tensors go to the host in a stream's order, and this one has gaps between its rows: " + onDevice.shape());
        }
        DeviceMemory memory = context.allocateHost("host copy of " + onDevice.memory().owner(), onDevice.elements() * onDevice.type().byteSize());
        twins.add(memory);
        return memory.tensor(0, onDevice.type(), onDevice.rows(), onDevice.columns());
    }

    /** Copies a tensor to its {@link #twin}. */
    public Operation toHost(Tensor onDevice, Tensor twin) {
        long source = onDevice.address();
        long target = twin.hostSegment().address();
        long bytes = twin.memory().byteSize();
        return bytes == 0 ? _ -> { } : stream -> context.driver().copyToHostAsync(target, source, bytes, CudaStream.handle(stream));
    }

    /** Copies a tensor's {@link #twin} back. */
    public Operation toDevice(Tensor twin, Tensor onDevice) {
        long target = onDevice.address();
        long source = twin.hostSegment().address();
        long bytes = twin.memory().byteSize();
        return bytes == 0 ? _ -> { } : stream -> context.driver().copyToDeviceAsync(target, source, bytes, CudaStream.handle(stream));
    }

    /** Does {@code work}, which must not call the device; after a failure nothing is done any more, until {@link #failure} is asked. */
    public Operation of(Runnable work) {
        HostFunction function = new HostFunction(() -> {
            if (failure == null) {
                work.run();
            }
        }, this::failed, arena);
        return stream -> context.driver().launchHostFunction(function, CudaStream.handle(stream));
    }

    private void failed(Throwable thrown) {
        failure = thrown;
    }

    /** What the first work that failed has thrown; null when all went well so far. */
    public Throwable failure() {
        return failure;
    }

    /** Waits for the device and frees the memory; what was bound cannot be launched any more. */
    @Override
    public void close() {
        if (context.resources().forget(this)) {
            context.synchronize();
            twins.forEach(DeviceMemory::close);
            arena.close();
        }
    }
}
