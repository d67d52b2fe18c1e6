package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.Precision;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The tensors that a batch is decoded to; where batches are prepared ahead there are two of each. */
final class BatchInputs implements AutoCloseable {

    private final ModelConfig model;
    private final Dcnv2Tensors tensors;
    private final TensorPlan.Tensors next;

    /**
     * Allocates what is needed beside {@code tensors}.
     *
     * @param ids which of them a batch is decoded to
     * @param areStaged whether a batch is prepared while the one before is worked on
     */
    BatchInputs(Device device, Precision precision, IdLayout ids, Dcnv2Tensors tensors, boolean areStaged) {
        this.model = ids.model();
        this.tensors = tensors;
        this.next = areStaged ? Dcnv2Tensors.planNextInputs(model, precision, ids.share(), ids.count()).allocate(device) : null;
    }

    private StagedTensor staged(String name) {
        Tensor taken = tensors.get(name);
        return next == null ? StagedTensor.inPlace(taken) : new StagedTensor(next.get(name), taken);
    }

    /** (batch, padded features), null without numerical features. */
    StagedTensor numerical() {
        return model.numericalFeatures() > 0 ? staged("numerical") : null;
    }

    /** (1, ids per batch) INT32, null without tables. */
    StagedTensor ids() {
        return model.tables().isEmpty() ? null : staged("ids");
    }

    /** (1, batch) FLOAT32. */
    StagedTensor labels() {
        return staged("labels");
    }

    /** Those that every pass reads itself; ids are the embedding layer's. */
    List<StagedTensor> withoutIds() {
        List<StagedTensor> all = new ArrayList<>(List.of(labels()));
        if (numerical() != null) {
            all.add(numerical());
        }
        return all;
    }

    @Override
    public void close() {
        if (next != null) {
            next.close();
        }
    }
}
