package crosscut.engine.model;

import crosscut.kernels.device.Stream;

/** A pass that does all layers for one slice of its samples before the next: what comes before the output layer is done with it. */
abstract sealed class SlicedPass implements DensePass permits ScoringSlices, TrainingSlices {

    @Override
    public final void forwardBottom(Stream stream) {
        // Slice by slice, with all layers.
    }

    @Override
    public final void forwardInteraction(Stream stream) {
        // Slice by slice, with all layers.
    }
}
