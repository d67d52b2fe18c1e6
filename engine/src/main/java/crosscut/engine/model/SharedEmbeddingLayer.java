package crosscut.engine.model;

import crosscut.kernels.device.Device;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.List;

/** All tables of a model that several ranks train: those that are spread over the ranks, and those that every rank has. */
final class SharedEmbeddingLayer implements EmbeddingLayer {

    private final List<EmbeddingLayer> layers;

    private SharedEmbeddingLayer(List<EmbeddingLayer> layers) {
        this.layers = layers;
    }

    /**
     * Binds what the placement of {@code tables} asks for.
     *
     * @param layout of {@code ids}
     * @param ids what this rank reads, (1, {@link IdLayout#count()}) INT32
     * @param x0 of this rank's samples, (share of the batch, interaction width)
     * @param exchanges takes what is brought to and from other ranks
     * @param learning null for inference
     */
    static EmbeddingLayer bind(
            Device device, EmbeddingTables tables, Exchanges exchanges, IdLayout layout, StagedTensor ids, Tensor x0, Learning learning) {
        List<EmbeddingLayer> layers = new ArrayList<>();
        int replicated = tables.placement().replicated().size();
        if (replicated < layout.model().tables().size()) {
            layers.add(new ExchangedEmbeddingLayer(device, tables, exchanges, layout, ids, x0, learning));
        }
        if (replicated > 0) {
            layers.add(new ReplicatedEmbeddingLayer(device, tables, exchanges, layout, ids, x0, learning));
        }
        return layers.size() == 1 ? layers.getFirst() : new SharedEmbeddingLayer(layers);
    }

    @Override
    public void prepareIds(Stream stream) {
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).prepareIds(stream);
        }
    }

    @Override
    public List<StagedTensor> staged() {
        return layers.stream().flatMap(layer -> layer.staged().stream()).toList();
    }

    @Override
    public void lookUpPrepared(Stream stream) {
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).lookUpPrepared(stream);
        }
    }

    @Override
    public void lookUpDecoded(Stream stream) {
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).lookUpDecoded(stream);
        }
    }

    @Override
    public void completeVectors(Stream stream) {
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).completeVectors(stream);
        }
    }

    @Override
    public void sendGradients(Stream stream) {
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).sendGradients(stream);
        }
    }

    @Override
    public void awaitGradients(Stream stream) {
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).awaitGradients(stream);
        }
    }

    @Override
    public void update(Stream stream) {
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).update(stream);
        }
    }

    @Override
    public void close() {
        layers.forEach(EmbeddingLayer::close);
    }
}
