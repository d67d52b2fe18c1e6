package crosscut.engine.model;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.SampleSlices;
import crosscut.kernels.device.Stream;
import crosscut.kernels.gemm.FixedWeights;
import java.util.stream.IntStream;

/**
 * A pass that only goes forward, from decoded ids to logits, cut into slices of its samples. A slice goes through all layers before its activations have left
 * the caches, and where that is one thread's work threads wait for each other once in a pass. All slices read the same copies of the weights.
 */
final class ScoringSlices extends SlicedPass {

    private final Operation slices;

    /** Binds a pass whose tables are all here. */
    ScoringSlices(PassContext pass, SampleSlices cut, FixedWeights fixed) {
        slices = pass.device().independent(IntStream.range(0, cut.count()).mapToObj(slice -> bind(pass, cut.first(slice), cut.rows(slice), fixed)).toList());
    }

    private static Operation bind(PassContext pass, int first, int rows, FixedWeights fixed) {
        Dcnv2Tensors part = pass.tensors().slice(first, rows);
        LocalEmbeddingLayer embeddings = pass.lookup(first, part);
        DenseLayers layers = new DenseLayers(pass.device(), pass.model(), pass.parameters(), part, null, fixed);
        return stream -> {
            if (embeddings != null) {
                embeddings.lookUpDecoded(stream);
            }
            layers.forwardBottom(stream);
            layers.forwardInteraction(stream);
            layers.forwardOutput(stream);
        };
    }

    @Override
    public boolean looksUp() {
        return true;
    }

    @Override
    public void forwardOutput(Stream stream) {
        slices.launch(stream);
    }

    @Override
    public void learnOutput(Stream stream) {
        throw new IllegalStateException("a pass for inference was to do a part of a training step");
    }

    @Override
    public void backwardInteraction(Stream stream) {
        learnOutput(stream);
    }

    @Override
    public void backwardBottom(Stream stream) {
        learnOutput(stream);
    }

    @Override
    public void close() {
        // Its tensors are the pass's.
    }
}
