package crosscut.kernels.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** On the CPU a copy is done when it returns, so a ring of one slot is enough. */
final class CpuStagedUpload implements StagedUpload {

    private final MemorySegment target;
    private final MemorySegment slot;
    private boolean isWritten;

    CpuStagedUpload(Tensor target) {
        long bytes = target.elements() * target.type().byteSize();
        this.target = target.hostSegment().asSlice(target.byteOffset(), bytes);
        slot = Arena.ofAuto().allocate(bytes, Long.BYTES);
    }

    @Override
    public MemorySegment next() {
        isWritten = true;
        return slot;
    }

    @Override
    public void launch(Stream stream) {
        if (!isWritten) {
            throw new IllegalStateException("an upload was launched before its next slot was asked for");
        }
        isWritten = false;
        target.copyFrom(slot);
    }

    @Override
    public void close() {
        // The garbage collector frees the slot.
    }
}
