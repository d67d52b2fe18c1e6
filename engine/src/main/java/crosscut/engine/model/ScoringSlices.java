package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.gemm.FixedWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A pass that only goes forward, from decoded ids to logits, cut into slices of its samples. A slice goes through all layers before its activations have left
 * the caches, and where that is one thread's work threads wait for each other once in a pass. All slices read the same copies of the weights.
 */
final class ScoringSlices {

    private ScoringSlices() {
    }

    /**
     * Binds a pass whose tables are all here.
     *
     * @param count slices, at most one per sample; their sizes differ by one at most
     * @param ids where the ids of all samples lie
     * @param inputs the decoded batch
     * @param tensors of the whole batch
     */
    static Operation bind(
            Device device, ModelConfig model, DenseParameters parameters, EmbeddingTables tables, int count, IdLayout ids, BatchInputs inputs,
            Dcnv2Tensors tensors, FixedWeights fixed) {
        List<Operation> slices = new ArrayList<>();
        for (long slice = 0; slice < count; slice++) {
            int first = (int) (slice * ids.share() / count);
            int end = (int) ((slice + 1) * ids.share() / count);
            Dcnv2Tensors part = tensors.slice(first, end - first);
            LocalEmbeddingLayer embeddings = model.tables().isEmpty() ? null : LocalEmbeddingLayer.forInference(device,
                    new LocalEmbeddingLayer.Lookup(tables.tableSets(uses(model, ids, first)), inputs.ids(), part.get("x.0")));
            DenseLayers layers = new DenseLayers(device, model, parameters, part, null, null, fixed);
            slices.add(stream -> {
                if (embeddings != null) {
                    embeddings.lookUpDecoded(stream);
                }
                layers.forwardBottom(stream);
                layers.forwardInteraction(stream);
                layers.forwardOutput(stream);
            });
        }
        return device.independent(slices);
    }

    /** How the tables take part in the look-up of the samples from {@code first} on. */
    static List<EmbeddingTables.Use> uses(ModelConfig model, IdLayout ids, int first) {
        return IntStream.range(0, model.tables().size()).mapToObj(table -> new EmbeddingTables.Use(
                table, ids.offset(table) + (long) first * model.tables().get(table).hotness(), model.columnOffset(table))).toList();
    }
}
