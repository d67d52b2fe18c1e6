package crosscut.kernels.collective;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Tensors as the byte ranges that exchanges move. */
final class DenseTensors {

    private DenseTensors() {}

    /** The bytes of each tensor. Throws {@link IllegalArgumentException} for one with gaps between its rows. */
    static MemorySegment[] segments(List<Tensor> tensors) {
        return tensors.stream().map(DenseTensors::segment).toArray(MemorySegment[]::new);
    }

    static MemorySegment segment(Tensor tensor) {
        return tensor.hostSegment().asSlice(tensor.byteOffset(), bytes(tensor));
    }

    /** The bytes of a tensor. Throws {@link IllegalArgumentException} for one with gaps between its rows. */
    static long bytes(Tensor tensor) {
        if (!tensor.isDense()) {
            throw new IllegalArgumentException("a collective moves dense tensors only, and this one has gaps between its rows: " + tensor.shape());
        }
        return tensor.elements() * tensor.type().byteSize();
    }

    /** Demands what can be summed over ranks. */
    static void requireSummable(CollectiveKind kind, Tensor tensor) {
        if (tensor.type() != DataType.FLOAT32) {
            throw new IllegalArgumentException(kind.text() + " sums FLOAT32, not " + tensor.shape());
        }
    }

    /** Demands one tensor per rank that can be summed. */
    static void requireSummable(CollectiveKind kind, List<Tensor> parts, int size) {
        requireOnePerRank("parts", parts, size);
        parts.forEach(part -> requireSummable(kind, part));
    }

    /** Demands a rank. */
    static void requireRoot(int root, int size) {
        if (root < 0 || root >= size) {
            throw new IllegalArgumentException("broadcast from rank " + root + " of " + size);
        }
    }

    /** Copies tensor by tensor; what a rank sends to itself. */
    static Operation copy(List<Tensor> sources, List<Tensor> targets) {
        MemorySegment[] from = segments(sources);
        MemorySegment[] to = segments(targets);
        if (from.length != to.length) {
            throw new IllegalArgumentException("a rank sends " + from.length + " tensors to itself and receives " + to.length);
        }
        for (int i = 0; i < from.length; i++) {
            if (from[i].byteSize() != to[i].byteSize()) {
                throw new IllegalArgumentException("a rank sends " + from[i].byteSize() + " bytes to itself and receives " + to[i].byteSize());
            }
        }
        return _ -> {
            for (int i = 0; i < from.length; i++) {
                MemorySegment.copy(from[i], 0, to[i], 0, from[i].byteSize());
            }
        };
    }

    /** Demands one list per rank. */
    static void requireOnePerRank(String what, List<?> lists, int size) {
        if (lists.size() != size) {
            throw new IllegalArgumentException(what + " names " + lists.size() + " ranks of " + size);
        }
    }
}
