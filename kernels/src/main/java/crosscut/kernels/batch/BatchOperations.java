package crosscut.kernels.batch;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;

/** Decoding of raw columns. */
public interface BatchOperations {

    /** A batch whose every value may be new before each launch; the op keeps the object and reads whatever it holds at launch. */
    interface Source {

        /** The raw batch to decode next. */
        RawBatch current();
    }

    /**
     * Decodes {@code source.current()}.
     *
     * <p>Samples from {@link RawBatch#rows()} on are written as zeros and id 0, so that a partial batch can run through the whole-batch ops; whoever reads
     * results counts only the valid samples.
     *
     * @param layout the columns
     * @param numerical (batch, padded features) FLOAT32 or BFLOAT16; columns beyond the real features are left as they are (zero); may be null without
     *     numerical features
     * @param ids (1, ids per batch) INT32: tables one after the other as {@link RawBatchLayout#idOffset} says, in each (batch, hotness); may be null without
     *     categorical features
     * @param labels (1, batch) FLOAT32
     * @return the op; launching it throws an {@link InvalidSampleException} for an id outside its table, a numerical value that is not finite and a
     *     label that is neither 0 nor 1
     */
    Operation decode(RawBatchLayout layout, Source source, Tensor numerical, Tensor ids, Tensor labels);
}
