package crosscut.engine.cost;

import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkingMemory;
import java.util.HashMap;
import java.util.Map;

/**
 * Which outputs of a ReLU leave one bit per element beside their numbers, as some kinds of devices keep them: the layer writes them, and its way back reads
 * them in place of the numbers. Known when everything is bound, as a way back is bound after its layer.
 */
public final class ReluMasks {

    private final WorkingMemory working;
    private final Map<Tensor, Long> bytes = new HashMap<>();

    /** Those of the kind of device that allocates {@code working}. */
    public ReluMasks(WorkingMemory working) {
        this.working = working;
    }

    /** Takes note of an op that was bound. */
    public void bound(OperationCall call) {
        if (call.qualifiedName().equals("MatrixProducts.inputGradient") && call.tensor(3) != null) {
            long mask = working.ofInputGradient(call.tensor(1), call.tensor(3)).stream().mapToLong(PlannedMemory::byteSize).sum();
            bytes.merge(call.tensor(3), mask, Math::max);
        }
    }

    /** Bytes of the mask of a tensor, 0 where it has none. */
    long bytes(Tensor output) {
        return bytes.getOrDefault(output, 0L);
    }
}
