package crosscut.kernels.batch;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import java.util.List;

/** What every device demands of tensors that are copied together. */
final class CopyChecks {

    private CopyChecks() {
    }

    static void check(List<Tensor> sources, List<Tensor> targets) {
        if (sources.size() != targets.size()) {
            throw new IllegalArgumentException(sources.size() + " tensors to copy to " + targets.size());
        }
        for (int index = 0; index < sources.size(); index++) {
            Tensor source = sources.get(index);
            Tensor target = targets.get(index);
            TensorChecks.sameShape("target " + index, target, source);
            TensorChecks.type("target " + index, target, source.type());
            if (!source.isDense() || !target.isDense() || source.type() == DataType.INT8) {
                throw new IllegalArgumentException("tensor " + index + " to copy is " + source.shape() + " with row strides " + source.rowStride() + " and "
                        + target.rowStride() + " where dense tensors with elements of two bytes or more are needed");
            }
        }
    }
}
