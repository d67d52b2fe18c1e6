package crosscut.engine.cost;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.Dataset;
import crosscut.engine.data.Datasets;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.memory.DescribedDevice;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.World;
import crosscut.engine.train.Trainer;
import crosscut.kernels.batch.Decoder;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.CpuWorkingMemory;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.WorkingMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The launches of one training step, or of one forward pass, of one rank without communication, in their order, each with its cost: what the engine itself
 * binds and launches, on a device that has sizes only.
 *
 * @param launches in the order of the step
 * @param batchSize samples per step
 */
public record StepCosts(List<OperationCost> launches, int batchSize) {

    public StepCosts {
        launches = List.copyOf(launches);
    }

    /**
     * Counts a step.
     *
     * @param training optimizer, precision and batch
     * @param layout the raw batches that the step decodes; their size is the batch
     * @param rows how many distinct rows of each table a batch touches
     * @param working of the kind of device: whether it keeps bits of ReLUs and prepares batches ahead
     */
    public static StepCosts of(ModelConfig model, TrainingConfig training, RawBatchLayout layout, DistinctRows rows, WorkingMemory working) {
        LaunchCounter counter = new LaunchCounter(rows, working);
        try (Device device = counter.observed.device();
                ModelParameters parameters = ModelParameters.allocate(
                        device, model, training.precision(), training.optimizer(), World.single(), training.placement());
                RawBatch batch = new RawBatch(device, layout);
                Trainer trainer = new Trainer(device, parameters, training, layout, 0)) {
            batch.describe(layout.batchSize(), 0);
            counter.launches.clear();
            trainer.step(batch);
        }
        return new StepCosts(counter.launches, layout.batchSize());
    }

    /**
     * Counts a forward pass, from decoding to the logits.
     *
     * @param layout the raw batches that it decodes; their size is the batch
     * @param rows how many distinct rows of each table a batch touches
     */
    public static StepCosts ofForwardPass(ModelConfig model, Precision precision, RawBatchLayout layout, DistinctRows rows) {
        // No way back, and so no bits of ReLUs on any device.
        LaunchCounter counter = new LaunchCounter(rows, new CpuWorkingMemory(1));
        try (Device device = counter.observed.device();
                ModelParameters parameters = ModelParameters.allocate(device, model, precision, null);
                RawBatch batch = new RawBatch(device, layout);
                Dcnv2 pass = parameters.inferencePass(device, layout.batchSize());
                Decoder decoder = pass.decoder(layout, () -> batch);
                Stream stream = device.createStream("scoring")) {
            counter.launches.clear();
            decoder.decode().launch(stream);
            pass.score(stream);
        }
        return new StepCosts(counter.launches, layout.batchSize());
    }

    /**
     * Counts a step of the training that a run describes, on one rank, with as many distinct rows as are expected. Needs the feature spec alone.
     *
     * @param working of the kind of device that the run is for
     * @throws crosscut.engine.UserException when the feature spec or the model cannot be
     */
    public static StepCosts of(RunConfig config, WorkingMemory working) {
        try (Dataset dataset = Datasets.openShape(config.dataset(), config.training().seed())) {
            RawBatchLayout layout = dataset.split(FeatureSpec.TRAIN).layout(config.training().batchSize());
            return of(config.model().resolve(dataset.spec()), config.training(), layout, DistinctRows.expected(dataset.spec()), working);
        }
    }

    private static final class LaunchCounter {

        private final DistinctRows rows;
        private final ReluMasks masks;
        private final List<OperationCost> launches = new ArrayList<>();
        private final ObservedDevice observed;

        LaunchCounter(DistinctRows rows, WorkingMemory working) {
            this.rows = rows;
            masks = new ReluMasks(working);
            observed = new ObservedDevice(DescribedDevice.open(working), this::counted);
        }

        private Operation counted(OperationCall call, Operation operation) {
            masks.bound(call);
            return stream -> {
                launches.add(OperationCost.of(call, rows, masks).in(observed.layer()));
                operation.launch(stream);
            };
        }
    }

    /** Multiplications and additions of all matrix products of a step. */
    public double operations() {
        return launches.stream().mapToDouble(OperationCost::operations).sum();
    }

    /** Bytes that a step reads and writes when every launch touches each of its tensors once and nothing stays in a cache in between. */
    public double bytes() {
        return launches.stream().mapToDouble(OperationCost::bytes).sum();
    }

    /** Those of {@link #bytes} that cross the device's bus: rows of tables in host memory. */
    public double hostBytes() {
        return launches.stream().mapToDouble(OperationCost::hostBytes).sum();
    }

    /** A table for people: GFLOP and MB of every launch, then the sums, then those of a sample. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%10s %10s  %-18s  %s", "GFLOP", "MB", "layer", "launch"));
        for (OperationCost launch : launches) {
            lines.add(row(launch.operations() * 1e-9, launch.bytes() * 1e-6, String.format(Locale.ROOT, "%-18s  %s", launch.layer(), launch.name())));
        }
        lines.add(row(operations() * 1e-9, bytes() * 1e-6, "a step of " + launches.size() + " launches"));
        if (hostBytes() > 0) {
            lines.add(row(0, hostBytes() * 1e-6, "of that in host memory, over the bus"));
        }
        lines.add(String.format(Locale.ROOT, "%10.5f %10.5f  %s", operations() * 1e-9 / batchSize, bytes() * 1e-6 / batchSize, "a sample"));
        return lines;
    }

    private static String row(double gigaOperations, double megabytes, String what) {
        return String.format(Locale.ROOT, "%10.1f %10.1f  %s", gigaOperations, megabytes, what);
    }
}
