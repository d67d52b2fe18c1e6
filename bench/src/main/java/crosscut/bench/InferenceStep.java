package crosscut.bench;

import crosscut.engine.config.Precision;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.kernels.batch.Decoder;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.gemm.MatrixLibrary;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** From a raw batch in memory to its logits, as the program's inference runs it: decoding, gather, bottom MLP, cross layers, top MLP. */
public final class InferenceStep implements Contender {

    private final Device device;
    private final ModelParameters parameters;
    private final RawBatch batch;
    private final Stream stream;
    private final Dcnv2 model;
    private final Decoder decoder;
    private final Operation scoring;

    /** Scores on {@code device}, which {@link #close} closes. */
    public InferenceStep(ModelSize size, int batchSize, Precision precision, Device device) {
        this.device = device;
        parameters = ModelParameters.allocate(device, size.model(), precision, null);
        parameters.initialize(ModelSize.SEED, false);
        batch = PowerLawBatch.create(device, size, batchSize);
        stream = device.createStream("inference");
        model = parameters.inferencePass(device, batchSize);
        decoder = model.decoder(batch.layout(), () -> batch);
        model.takeWeights(stream);
        scoring = device.capture("inference", stream, this::launch);
    }

    /** For {@link BuildRace}, which knows this class by name only: a pass as a function of nothing. */
    public static DoubleSupplier open(String size, int batchSize, String precision, int threads) {
        return new InferenceStep(ModelSize.valueOf(size), batchSize, Precision.valueOf(precision), Processor.open(threads, MatrixLibrary.AUTO))::run;
    }

    private void launch(Stream main) {
        decoder.decode().launch(main);
        model.score(main);
    }

    /** Scores the batch; there is no loss. */
    @Override
    public double run() {
        decoder.upload(stream);
        scoring.launch(stream);
        stream.synchronize();
        decoder.check();
        return 0;
    }

    @Override
    public float[] outputs() {
        return TensorValues.read(device, model.logits());
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("matrix products", device.matrixProducts().description());
    }

    @Override
    public void close() {
        decoder.close();
        model.close();
        stream.close();
        batch.close();
        parameters.close();
        device.close();
    }
}
