package crosscut.bench.cpu;

import crosscut.bench.ModelSize;
import crosscut.bench.PowerLawBatch;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.model.DenseLayout;
import crosscut.engine.model.ModelParameters;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The weights and the batch from which Crosscut's contender starts, in the host's memory, for a peer to copy. Segments hold fp32 values row by row and are
 * valid until this is closed.
 */
public final class StartingPoint implements AutoCloseable {

    private final Device device;
    private final ModelConfig model;
    private final ModelParameters parameters;
    private final RawBatch batch;

    /** Draws the weights and fills the batch of a contest of whole models. */
    public StartingPoint(Contest contest) {
        ModelSize size = contest.size();
        // Nothing is multiplied: any library would do, and this one brings no threads along.
        device = CpuDevice.open(1, pool -> CpuMatrixProducts.open(pool, MatrixLibrary.JAVA));
        model = size.model();
        parameters = ModelParameters.allocate(device, model, Precision.FP32, null);
        parameters.initialize(ModelSize.SEED, false);
        batch = PowerLawBatch.create(device, size, contest.batch());
    }

    /** The model's shape. */
    public ModelConfig model() {
        return model;
    }

    /** Shape of a dense parameter: weights are (in, out), biases (1, out). */
    public DenseLayout.Parameter shape(String parameter) {
        return parameters.dense().layout().parameter(parameter);
    }

    /** Values of a dense parameter. */
    public MemorySegment values(String parameter) {
        return segment(parameters.dense().master(parameter));
    }

    /** Values of a table, (rows, dimension). */
    public MemorySegment table(int table) {
        return segment(parameters.embeddings().weights(table));
    }

    /** The batch's ids of a table. */
    public int[] ids(int table) {
        return batch.categorical(table).toArray(ValueLayout.JAVA_INT);
    }

    /** The batch's numerical features, (batch, features). */
    public MemorySegment numerical() {
        return batch.numerical();
    }

    /** The batch's labels, 0 or 1. */
    public float[] labels() {
        float[] labels = new float[batch.layout().batchSize()];
        for (int sample = 0; sample < labels.length; sample++) {
            labels[sample] = batch.labels().get(ValueLayout.JAVA_BYTE, sample);
        }
        return labels;
    }

    private static MemorySegment segment(Tensor tensor) {
        return tensor.memory().hostSegment().asSlice(tensor.byteOffset(), tensor.elements() * tensor.type().byteSize());
    }

    @Override
    public void close() {
        batch.close();
        parameters.close();
        device.close();
    }
}
