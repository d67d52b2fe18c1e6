package crosscut.engine.memory;

import crosscut.engine.UserException;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.BatchRing;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.optimizer.GradientScaling;
import crosscut.engine.optimizer.StepValues;
import crosscut.engine.parallel.World;
import crosscut.kernels.batch.BatchOperations;
import crosscut.kernels.batch.Decoder;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.ByteSize;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.WorkingMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Everything that one rank of a run will allocate, known before it does, without a device. It is what the engine itself asks for when the model is bound to a
 * device that has sizes only. Left out are tables of addresses and counters of a few KiB, what lives for a moment at the start, and the process that feeds a
 * GPU, most of which its driver and libraries take for themselves.
 *
 * @param rank in [0, ranks)
 * @param allocations in the order in which they will be made
 * @param process what the rank's process takes besides, part by part; empty where that is not known
 * @param offloaded names of the tables that are in host memory
 */
public record MemoryPlan(int rank, List<PlannedMemory> allocations, List<PlannedMemory> process, List<String> offloaded) {

    /** Binding looks at no batch. */
    private static final BatchOperations.Source NO_BATCH = () -> null;

    /** What every stream has one of is told as one. */
    private static final Pattern OF_ONE_STREAM = Pattern.compile(" of stream .*");

    /** The summary names parts from one in so many of the whole. */
    private static final int SMALLEST_PART = 50;

    /** Offloaded tables that are named. */
    private static final int MOST_NAMES = 6;

    public MemoryPlan {
        allocations = List.copyOf(allocations);
        process = List.copyOf(process);
        offloaded = List.copyOf(offloaded);
    }

    /**
     * What is to be done.
     *
     * @param model tables and layers
     * @param training precision, optimizer, loss scale
     * @param trained all columns of one rank's samples of a training batch; null where nothing is trained
     * @param evaluated the same of a batch of the evaluation
     */
    public record Work(ModelConfig model, TrainingConfig training, RawBatchLayout trained, RawBatchLayout evaluated) {

        /** The same with another threshold of offloading, in bytes. */
        public Work withOffloading(long threshold) {
            return new Work(model, training.withPlacement(training.placement().withOffloading(threshold)), trained, evaluated);
        }
    }

    /**
     * Plans one rank.
     *
     * @param ranks how many there are
     * @param working what the device in mind allocates for its own work
     */
    public static MemoryPlan of(Work work, int rank, int ranks, WorkingMemory working) {
        List<PlannedMemory> allocations = new ArrayList<>();
        LaunchMemory launches = new LaunchMemory();
        Device device = DescribedDevice.planning(working, allocations::add, launches);
        World world = new World(new DescribedCollectives(rank, ranks, working, allocations::add));
        OptimizerConfig optimizer = work.trained() == null ? null : work.training().optimizer();
        TrainingConfig training = work.training();
        try (ModelParameters parameters = ModelParameters.allocate(
                device, work.model(), training.precision(), optimizer, world, training.placement())) {
            if (work.trained() == null) {
                evaluate(work.evaluated(), device, parameters, null, allocations);
            } else {
                train(work, device, parameters, allocations);
            }
            allocations.addAll(launches.planned());
            return new MemoryPlan(rank, allocations, working.ofProcess(allocations), parameters.embeddings().offloaded());
        }
    }

    private static void train(Work work, Device device, ModelParameters parameters, List<PlannedMemory> allocations) {
        TrainingConfig training = work.training();
        RawBatchLayout batches = parameters.input().layout(work.trained());
        allocations.addAll(BatchRing.planned(batches));
        try (Stream _ = device.createStream("compute");
                Stream _ = device.overlapsStreams() ? device.createStreamWithoutProducts("preparation") : null;
                StepValues values = new StepValues(device, training.optimizer());
                GradientScaling scaling = training.precision().needsLossScale() ? new GradientScaling(device, training.lossScaling()) : null;
                Dcnv2 pass = parameters.trainingPass(device, batches.batchSize(),
                        new Dcnv2.Learning(training.optimizer().rule(), values.tensor(), scaling == null ? null : scaling.state()));
                Decoder _ = pass.preparingDecoder(batches, NO_BATCH)) {
            evaluate(work.evaluated(), device, parameters, pass, allocations);
        }
    }

    /** @param trained the pass of a training, which also evaluates where the batches are of one size; null where nothing is trained */
    private static void evaluate(RawBatchLayout share, Device device, ModelParameters parameters, Dcnv2 trained, List<PlannedMemory> allocations) {
        RawBatchLayout batches = parameters.input().layout(share);
        allocations.addAll(BatchRing.planned(batches));
        boolean isShared = trained != null && trained.batchSize() == batches.batchSize();
        try (Stream _ = device.createStream("evaluation");
                Dcnv2 own = isShared ? null : parameters.inferencePass(device, batches.batchSize());
                Decoder _ = (isShared ? trained : own).decoder(batches, NO_BATCH)) {
            // To bind is all; nothing runs.
        }
    }

    /** Bytes of the device. */
    public long deviceBytes() {
        return bytes(false);
    }

    /** Bytes of host memory that the device reads and writes. */
    public long hostBytes() {
        return bytes(true);
    }

    /** Bytes of the rank's process besides; 0 where that is not known. */
    public long processBytes() {
        return process.stream().mapToLong(PlannedMemory::byteSize).sum();
    }

    /** All bytes: what the rank's process will have resident at most where the device is the processor, and every page of every allocation gets written. */
    public long totalBytes() {
        return deviceBytes() + hostBytes() + processBytes();
    }

    private long bytes(boolean onHost) {
        return allocations.stream().filter(planned -> planned.isOnHost() == onHost).mapToLong(PlannedMemory::byteSize).sum();
    }

    /** Bytes by owner, the largest first. */
    private Map<String, Long> byOwner(boolean onHost) {
        Map<String, Long> sums = new LinkedHashMap<>();
        allocations.stream().filter(planned -> planned.isOnHost() == onHost && planned.byteSize() > 0)
                .forEach(planned -> sums.merge(OF_ONE_STREAM.matcher(planned.owner()).replaceFirst(""), planned.byteSize(), Long::sum));
        return sums.entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Long::sum, LinkedHashMap::new));
    }

    /** A table for people: every owner's bytes, the largest first, and the sums. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        byOwner(false).forEach((owner, bytes) -> lines.add(row(bytes, owner)));
        lines.add(row(deviceBytes(), "on the device in all"));
        byOwner(true).forEach((owner, bytes) -> lines.add(row(bytes, owner + ", on the host where the device reads it")));
        lines.add(row(hostBytes(), "on the host in all" + offloadedNames()));
        if (!process.isEmpty()) {
            process.forEach(part -> lines.add(row(part.byteSize(), part.owner() + ", the process's own")));
            lines.add(row(processBytes(), "the process's own in all"));
            lines.add(row(totalBytes(), "of this machine's memory"));
        }
        return lines;
    }

    private static String row(long bytes, String what) {
        return String.format(Locale.ROOT, "%12s  %s", ByteSize.text(bytes), what);
    }

    private String offloadedNames() {
        return offloaded.isEmpty() ? "" : "; tables in host memory: " + String.join(", ", offloaded.subList(0, Math.min(MOST_NAMES, offloaded.size())))
                + (offloaded.size() > MOST_NAMES ? " and " + (offloaded.size() - MOST_NAMES) + " more" : "");
    }

    /** One line: the sums, and what most of them is. */
    public String summary() {
        return ByteSize.text(deviceBytes()) + " on the device (" + parts(false) + "), " + ByteSize.text(hostBytes()) + " on the host (" + parts(true) + ")"
                + offloadedNames() + (process.isEmpty() ? "" : ", " + ByteSize.text(processBytes()) + " the process's own: " + ByteSize.text(totalBytes())
                + " in all");
    }

    private String parts(boolean onHost) {
        long all = bytes(onHost);
        long told = 0;
        List<String> parts = new ArrayList<>();
        for (Map.Entry<String, Long> entry : byOwner(onHost).entrySet()) {
            if (entry.getValue() * SMALLEST_PART < all) {
                break;
            }
            parts.add(entry.getKey() + " " + ByteSize.text(entry.getValue()));
            told += entry.getValue();
        }
        if (told < all) {
            parts.add("the rest " + ByteSize.text(all - told));
        }
        return String.join(", ", parts);
    }

    /** Whether a device with so many free bytes has enough of them. */
    public boolean fits(long free) {
        return deviceBytes() <= free;
    }

    /**
     * Makes sure that the rank has so much.
     *
     * @param device which, for the message
     * @param free bytes of the device that can be allocated now
     * @param hostFree bytes of this machine's memory that can be had now
     * @param offloading looks for a threshold that makes it fit
     * @throws UserException with the numbers when it has less
     */
    public void requireFits(String device, long free, long hostFree, Supplier<Optional<FittingThreshold>> offloading) {
        if (!fits(free)) {
            String threshold = offloading.get().filter(fitting -> fitting.plan().hostBytes() <= hostFree).map(fitting -> fitting.text() + ", ").orElse("");
            throw new UserException("this needs " + summary() + ", but " + device + " has " + ByteSize.text(free) + " free: use " + threshold
                    + "smaller tables, a smaller batch or --optimizer sgd, which keeps no moments; crosscut plan shows what other settings need");
        }
        if (!process.isEmpty() && totalBytes() > hostFree) {
            // What the process holds already counts twice, which leaves about as much for the supervisor.
            throw new UserException("this needs " + summary() + ", but this machine has " + ByteSize.text(hostFree)
                    + " of memory available: use smaller tables, a smaller batch, --optimizer sgd, which keeps no moments, or more ranks on several machines");
        }
        if (hostBytes() > hostFree) {
            throw new UserException("this needs " + summary() + ", but this machine has " + ByteSize.text(hostFree) + " of memory available: "
                    + (offloaded.isEmpty() ? "use a smaller batch" : "raise --cpu_offloading_threshold_gb, so that more of the tables are on the device, or "
                    + "use smaller tables, --optimizer sgd, which keeps no moments, or more ranks on several machines"));
        }
    }
}
