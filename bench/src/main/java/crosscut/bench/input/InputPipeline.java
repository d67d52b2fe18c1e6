package crosscut.bench.input;

import crosscut.bench.Processor;
import crosscut.engine.data.BatchReader;
import crosscut.engine.data.BatchRing;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.RawBinaryDataset;
import crosscut.engine.data.SampleSource;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.Device;
import crosscut.kernels.gemm.MatrixLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Epochs over tf_raw files that were just written, and so lie in the system's page cache, into the ring of batches that training reads. */
final class InputPipeline implements AutoCloseable {

    /** Some 137 MB: far more than the processor's caches hold. */
    static final long SAMPLES = 1 << 20;

    private final Path folder;
    private final RawBinaryDataset dataset;
    private final SampleSource source;
    private final Device device;
    private final BatchRing ring;

    /** Writes the files into a temporary folder, which {@link #close} removes. */
    InputPipeline(long samples, int batchSize) {
        try {
            folder = Files.createTempDirectory("crosscut-bench");
        } catch (IOException failure) {
            throw new UncheckedIOException("no temporary folder for the input benchmark", failure);
        }
        RandomFiles.write(folder.resolve("data"), samples);
        dataset = RawBinaryDataset.open(folder.resolve("data").resolve(FeatureSpec.DEFAULT_FILE_NAME));
        source = dataset.split(FeatureSpec.TRAIN);
        device = Processor.open(1, MatrixLibrary.JAVA);
        ring = new BatchRing(device, source.layout(batchSize));
    }

    /** Bytes of a sample as the reader sees them. */
    long sampleBytes() {
        return ring.layout().bytesPerBatch() / ring.layout().batchSize();
    }

    /**
     * Reads all whole batches of an epoch.
     *
     * @param consumer sees each batch
     * @return samples read
     */
    long epoch(InputOrder order, Consumer<RawBatch> consumer) {
        long samples = 0;
        List<RawBatch> buffers = ring.batches();
        try (BatchReader reader = BatchReader.wholeBatches(source, order.of(source.samples()), 0, buffers)) {
            for (RawBatch batch = reader.next(); batch != null; batch = reader.next()) {
                samples += batch.rows();
                consumer.accept(batch);
                reader.release(batch);
            }
        }
        return samples;
    }

    @Override
    public void close() {
        ring.close();
        device.close();
        dataset.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("the input benchmark cannot remove " + folder, failure);
        }
    }
}
