package crosscut.kernels.device.cuda;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Event;
import crosscut.kernels.device.StagedUpload;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;

/** A ring of pinned slots, one asynchronous copy per launch, one event per slot. */
final class CudaStagedUpload implements StagedUpload {

    /** Slots start on lines of their own: the host writes one while the device reads another. */
    private static final long SLOT_ALIGNMENT = 256;

    private final CudaContext context;
    private final DeviceMemory ring;
    private final long target;
    private final long bytes;
    private final MemorySegment[] slots;
    private final Event[] copied;
    private int slot = -1;
    private boolean isWritten;

    CudaStagedUpload(CudaContext context, Tensor target, int slotCount) {
        this.context = context;
        this.target = target.address();
        bytes = target.elements() * target.type().byteSize();
        long stride = Math.ceilDiv(bytes, SLOT_ALIGNMENT) * SLOT_ALIGNMENT;
        ring = context.allocateHost("staging of " + target.memory().owner(), stride * slotCount);
        slots = new MemorySegment[slotCount];
        copied = new Event[slotCount];
        for (int index = 0; index < slotCount; index++) {
            slots[index] = ring.hostSegment().asSlice(index * stride, bytes);
            copied[index] = CudaEvent.create(context);
        }
    }

    @Override
    public MemorySegment next() {
        if (!isWritten) {
            slot = (slot + 1) % slots.length;
            copied[slot].synchronize();
            isWritten = true;
        }
        return slots[slot];
    }

    @Override
    public void launch(Stream stream) {
        if (!isWritten) {
            throw new IllegalStateException("an upload was launched before its next slot was asked for");
        }
        isWritten = false;
        context.driver().copyToDeviceAsync(target, slots[slot].address(), bytes, CudaStream.handle(stream));
        copied[slot].record(stream);
    }

    @Override
    public void close() {
        for (Event event : copied) {
            event.synchronize();
            event.close();
        }
        ring.close();
    }
}
