package crosscut.engine.model;

import crosscut.kernels.device.Tensor;

/**
 * A part of a batch that may be prepared while the step before still reads its own: it is written to one place and copied to the other when its step begins.
 *
 * @param prepared what decoding, exchange and grouping write
 * @param taken what the step reads: {@code prepared} itself where nothing is prepared ahead
 */
record StagedTensor(Tensor prepared, Tensor taken) {

    /** A part that its step reads where it was written. */
    static StagedTensor inPlace(Tensor tensor) {
        return new StagedTensor(tensor, tensor);
    }

    boolean isStaged() {
        return !prepared.equals(taken);
    }
}
