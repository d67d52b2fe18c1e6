package crosscut.kernels.batch;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import java.util.List;

/** Decoding of raw columns, and what becomes of decoded batches. */
public interface BatchOperations {

    /** A batch whose every value may be new before each upload; the decoder keeps the object and takes what it holds at every upload. */
    interface Source {

        /** The raw batch to decode next. */
        RawBatch current();
    }

    /**
     * Makes the decoder of {@code source}.
     *
     * <p>A column's samples from {@link RawBatch#rows(ColumnExtent)} on are written as zeros and id 0, so that a partial batch can run through the whole-batch
     * ops; whoever reads results counts only the valid samples. What the decoder reports as an {@link InvalidSampleException}: an id outside its table, a
     * numerical value that is not finite, a label that is neither 0 nor 1.
     *
     * @param layout the columns
     * @param numerical (batch, padded features) FLOAT32, BFLOAT16 or, on a GPU, FLOAT16; columns beyond the real features are left as they are (zero); may be
     *     null without numerical features
     * @param ids (1, ids per batch) INT32: tables one after the other as {@link RawBatchLayout#idOffset} says, in each (samples of its extent, hotness); may
     *     be null without categorical features
     * @param labels (1, batch) FLOAT32
     */
    Decoder decoder(RawBatchLayout layout, Source source, Tensor numerical, Tensor ids, Tensor labels);

    /**
     * {@code targets.get(i) = sources.get(i)} for all i; on a GPU in one launch.
     *
     * @param sources dense tensors of any type of two bytes or more; on a GPU each starts at a multiple of 16 bytes, and its target too
     * @param targets as many, of the same shapes and types
     */
    Operation copy(List<Tensor> sources, List<Tensor> targets);
}
