package crosscut.kernels.device;

import crosscut.kernels.batch.BatchOperations;
import crosscut.kernels.cross.CrossOperations;
import crosscut.kernels.embedding.EmbeddingOperations;
import crosscut.kernels.gemm.MatrixProducts;
import crosscut.kernels.loss.LossOperations;
import crosscut.kernels.metric.MetricOperations;
import crosscut.kernels.optimizer.OptimizerOperations;
import crosscut.kernels.random.RandomOperations;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A place where tensors live and ops run. The engine's step is written against this interface alone. */
public interface Device extends AutoCloseable {

    /** One line for people: kind, threads or card, matrix product library. */
    String description();

    /**
     * Allocates zero-filled memory.
     *
     * @param owner what it is for, as memory plans and messages name it
     * @throws OutOfDeviceMemoryException with the owner and both sizes when it does not fit
     */
    DeviceMemory allocate(String owner, long byteSize);

    /**
     * Allocates zero-filled host memory that the device reads and writes: its ops take tensors in it as they take those in its own memory, and it copies from
     * it without staging. On a GPU it is pinned and mapped.
     *
     * @throws OutOfDeviceMemoryException with the owner and the sizes when the machine does not have it
     */
    DeviceMemory allocateHost(String owner, long byteSize);

    /** Waits for everything that was launched on this device, then copies host bytes into device memory and returns when they are there. */
    void write(DeviceMemory target, long byteOffset, MemorySegment source);

    /** Waits for everything that was launched on this device, then copies device bytes to the host and returns when they are there. */
    void read(DeviceMemory source, long byteOffset, MemorySegment target);

    /** A stream for any work. */
    Stream createStream(String name);

    /** A stream on which no matrix products will be launched: it needs no memory for them. */
    default Stream createStreamWithoutProducts(String name) {
        return createStream(name);
    }

    /**
     * A stream for exchanges with other ranks, which run beside the device's own work. On the CPU it is a thread: launch by {@link Stream#launch}, and nothing
     * that needs the device's own threads.
     */
    Stream createExchangeStream(String name);

    Event createEvent();

    /** An event with a time. Where the device has no clock of its own, recording it waits for the stream and reads the host's clock. */
    default TimedEvent createTimedEvent() {
        return new HostClockEvent();
    }

    /**
     * Records what {@code operation} launches and gives an operation that replays it as one graph; nothing runs during the recording. Arguments are recorded by
     * value: what changes from step to step must lie in device memory. The device frees the graph when it closes. On the CPU it is {@code operation} itself.
     *
     * @param name what is recorded, for messages
     * @param stream the stream to record on; branches bring others in
     */
    Operation capture(String name, Stream stream, Operation operation);

    /**
     * Makes the upload of values that change every step.
     *
     * @param target dense; written whole by every launch
     * @param slots how many uploads the host may be ahead of the device, at least 1
     */
    StagedUpload createUpload(Tensor target, int slots);

    /**
     * True when every view should be an allocation of its own, so that writing beyond one is noticed instead of changing its neighbour (a checking simulator);
     * false when one allocation per owner is best.
     */
    default boolean separatesViews() {
        return false;
    }

    /**
     * {@code operation} under a name that the device's profilers show, such as a range of NVTX; without one the operation itself.
     *
     * @param name a layer of the model, for example
     */
    default Operation named(String name, Operation operation) {
        return operation;
    }

    /**
     * Whether what is launched on several streams runs at once, so that a step gains from preparing the next batch on a stream beside its own. False where an
     * operation has run when its launch returns.
     */
    default boolean overlapsStreams() {
        return workingMemory().overlapsStreams();
    }

    /**
     * Into how many slices of its samples a pass that only goes forward is best cut, for {@link #independent}; 1 where ops are best launched one after the
     * other for the whole batch. Follows from the shapes alone.
     *
     * @param batch samples
     * @param weightBytes of all dense layers, which every slice reads
     */
    default SampleSlices scoringSlices(int batch, long weightBytes) {
        return SampleSlices.whole(batch);
    }

    /**
     * Into which slices of its samples a training pass is best cut, one group of slices being one thread's work under {@link #independent}; a
     * {@linkplain SampleSlices#whole whole} where ops are best launched one after the other for the whole batch. Follows from the shapes alone.
     *
     * @param batch samples
     * @param weightBytes of all dense layers, which every slice reads
     * @param activationBytes of the whole batch, with their gradients
     */
    default SampleSlices trainingSlices(int batch, long weightBytes, long activationBytes) {
        return workingMemory().trainingSlices(batch, weightBytes, activationBytes);
    }

    /** An op that launches all of {@code operations}, none of which needs another, in any order or at once. On the CPU each of them is one thread's work. */
    default Operation independent(List<Operation> operations) {
        return independentBySlot(List.of(operations));
    }

    /** How many of the operations of {@link #independentBySlot} run at once, at most. */
    default int independentSlots() {
        return workingMemory().independentSlots();
    }

    /**
     * As {@link #independent}, for operations that need memory of their own while they run.
     *
     * @param bySlot the same operations for each of some slots, at least one; those of one slot never run at once. Of operation i one is launched, in whatever
     *     slot is free
     */
    default Operation independentBySlot(List<List<Operation>> bySlot) {
        return new OperationSequence(bySlot.getFirst());
    }

    /** What this device allocates for its own work. */
    WorkingMemory workingMemory();

    /** Bytes that can be allocated now, other programs' share left out; {@link Long#MAX_VALUE} where only allocating finds out. */
    default long freeMemory() {
        return Long.MAX_VALUE;
    }

    BatchOperations batch();

    EmbeddingOperations embedding();

    MatrixProducts matrixProducts();

    CrossOperations cross();

    LossOperations loss();

    OptimizerOperations optimizer();

    RandomOperations random();

    MetricOperations metric();

    @Override
    void close();
}
