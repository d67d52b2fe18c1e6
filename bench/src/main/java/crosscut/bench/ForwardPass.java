package crosscut.bench;

import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.kernels.batch.Decoder;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Scoring of one batch of power-law ids, from the raw columns to logits on the host, without reading data. */
public final class ForwardPass implements AutoCloseable {

    private final Device device;
    private final ModelParameters parameters;
    private final RawBatch batch;
    private final Dcnv2 model;
    private final Decoder decoder;
    private final Stream stream;
    private final Operation scoring;
    private final Arena arena = Arena.ofShared();
    private final Tensor logits;
    private final MemorySegment logitsOnHost;

    /** Scores on {@code device}, which {@link #close} closes. */
    public ForwardPass(StepShape shape, Device device) {
        this.device = device;
        parameters = ModelParameters.allocate(device, shape.model(), shape.precision(), null);
        parameters.initialize(1, false);
        batch = new RawBatch(device, shape.layout());
        RandomBatch.fill(batch);
        model = parameters.inferencePass(device, shape.batchSize());
        decoder = model.decoder(shape.layout(), () -> batch);
        stream = device.createStream("scoring");
        scoring = device.capture("scoring", stream, this::launch);
        logits = model.logits();
        logitsOnHost = arena.allocate(logits.elements() * logits.type().byteSize(), Float.BYTES);
    }

    private void launch(Stream main) {
        decoder.decode().launch(main);
        model.distributeIds(main);
        model.forward(main);
    }

    /** Scores the batch; the logits stay as they are until the next call. */
    public MemorySegment run() {
        decoder.upload(stream, stream);
        scoring.launch(stream);
        stream.synchronize();
        decoder.check();
        device.read(logits.memory(), logits.byteOffset(), logitsOnHost);
        return logitsOnHost;
    }

    /** FLOAT32 or BFLOAT16. */
    DataType logitType() {
        return logits.type();
    }

    @Override
    public void close() {
        decoder.close();
        stream.close();
        model.close();
        batch.close();
        parameters.close();
        arena.close();
        device.close();
    }
}
