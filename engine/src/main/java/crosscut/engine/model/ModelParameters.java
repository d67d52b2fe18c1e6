package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.parallel.RankInput;
import crosscut.engine.parallel.World;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.optimizer.UpdateRule;

/**
 * Everything that is learnt, with its optimizer state.
 *
 * @param model the shape
 * @param precision type of the weights' copy that matrix products read
 * @param dense MLPs and cross layers
 * @param embeddings this rank's tables
 */
public record ModelParameters(ModelConfig model, Precision precision, DenseParameters dense, EmbeddingTables embeddings) implements AutoCloseable {

    /** Allocates zero-filled parameters for a world of one rank. */
    public static ModelParameters allocate(Device device, ModelConfig model, Precision precision, OptimizerConfig optimizer) {
        return allocate(device, model, precision, optimizer, World.single(), PlacementConfig.DEFAULT);
    }

    /**
     * Allocates zero-filled parameters: all dense ones, and this rank's tables.
     *
     * @param optimizer null for inference: neither gradients nor moments
     * @param placement how the ranks of {@code world} share the tables
     */
    public static ModelParameters allocate(
            Device device, ModelConfig model, Precision precision, OptimizerConfig optimizer, World world, PlacementConfig placement) {
        DenseParameters dense = new DenseParameters(device, new DenseLayout(model), precision, optimizer);
        return new ModelParameters(model, precision, dense, new EmbeddingTables(device, model, world, optimizer, placement));
    }

    /** The ranks that share the tables and sum the gradients. */
    public World world() {
        return embeddings.world();
    }

    /** Which columns of a batch this rank reads; its passes decode batches of such a layout. */
    public RankInput input() {
        return embeddings.input();
    }

    /** Draws initial values. */
    public void initialize(long seed, boolean embeddingZeros) {
        dense.initialize(seed);
        if (!embeddingZeros) {
            embeddings.initialize(seed);
        }
    }

    /**
     * A pass that can go forward and backward.
     *
     * @param batchSize this rank's share of the global batch
     */
    public Dcnv2 trainingPass(Device device, int batchSize, Dcnv2.Learning learning) {
        return Dcnv2.forTraining(device, model, precision, dense, embeddings, batchSize, learning);
    }

    /**
     * A pass that only goes forward.
     *
     * @param batchSize this rank's share of the global batch
     */
    public Dcnv2 inferencePass(Device device, int batchSize) {
        return Dcnv2.forInference(device, model, precision, dense, embeddings, batchSize);
    }

    @Override
    public void close() {
        dense.close();
        embeddings.close();
    }
}
