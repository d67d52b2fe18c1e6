package crosscut.kernels.device;

import crosscut.bindings.NativeException;
import crosscut.bindings.linux.AnonymousMemory;
import crosscut.kernels.batch.BatchOperations;
import crosscut.kernels.batch.CpuBatchOperations;
import crosscut.kernels.cross.CpuCrossOperations;
import crosscut.kernels.cross.CrossOperations;
import crosscut.kernels.embedding.CpuEmbeddingOperations;
import crosscut.kernels.embedding.EmbeddingOperations;
import crosscut.kernels.gemm.MatrixProducts;
import crosscut.kernels.loss.CpuLossOperations;
import crosscut.kernels.loss.LossOperations;
import crosscut.kernels.metric.CpuMetricOperations;
import crosscut.kernels.metric.MetricOperations;
import crosscut.kernels.optimizer.CpuOptimizerOperations;
import crosscut.kernels.optimizer.OptimizerOperations;
import crosscut.kernels.random.CpuRandomOperations;
import crosscut.kernels.random.RandomOperations;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;

/** The processor: worker threads, memory outside the Java heap, and ops written with the Vector API. */
public final class CpuDevice implements Device {

    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    /** A cache line, and the widest vector. */
    private static final long ALIGNMENT = 64;

    private final WorkerPool pool;
    private final MemoryBudget budget = new MemoryBudget();
    private final MatrixProducts matrixProducts;
    private final BatchOperations batch;
    private final EmbeddingOperations embedding;
    private final CrossOperations cross;
    private final LossOperations loss;
    private final OptimizerOperations optimizer;
    private final RandomOperations random;
    private final MetricOperations metric;

    private CpuDevice(WorkerPool pool, MatrixProducts matrixProducts) {
        this.pool = pool;
        this.matrixProducts = matrixProducts;
        batch = new CpuBatchOperations(pool);
        embedding = new CpuEmbeddingOperations(pool, this);
        cross = new CpuCrossOperations(pool);
        loss = new CpuLossOperations(pool);
        optimizer = new CpuOptimizerOperations(pool);
        random = new CpuRandomOperations(pool);
        metric = new CpuMetricOperations(pool);
    }

    /**
     * Starts the worker threads.
     *
     * @param threads worker threads, the caller's included
     * @param matrixProducts makes the matrix products that run on those threads
     * @throws IllegalStateException when the JVM was started without the Vector API module
     */
    public static CpuDevice open(int threads, Function<WorkerPool, MatrixProducts> matrixProducts) {
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            throw new IllegalStateException("the CPU device needs the Java module " + VECTOR_MODULE + "; start java with --add-modules " + VECTOR_MODULE);
        }
        WorkerPool pool = new WorkerPool(threads);
        try {
            return new CpuDevice(pool, matrixProducts.apply(pool));
        } catch (RuntimeException | Error e) {
            pool.close();
            throw e;
        }
    }

    @Override
    public String description() {
        return "CPU, " + pool.threads() + (pool.threads() == 1 ? " thread, " : " threads, ") + matrixProducts.description();
    }

    @Override
    public DeviceMemory allocate(String owner, long byteSize) {
        budget.reserve(owner, byteSize);
        Arena arena = Arena.ofShared();
        try {
            return new CpuMemory(owner, arena, zeros(arena, byteSize), budget);
        } catch (OutOfMemoryError | NativeException e) {
            arena.close();
            budget.release(byteSize);
            throw budget.refusal(owner, byteSize, e);
        }
    }

    private static MemorySegment zeros(Arena arena, long byteSize) {
        return byteSize >= AnonymousMemory.HUGE_PAGE && AnonymousMemory.isSupported()
                ? AnonymousMemory.map(arena, byteSize)
                : arena.allocate(byteSize, ALIGNMENT);
    }

    @Override
    public DeviceMemory allocateHost(String owner, long byteSize) {
        return allocate(owner, byteSize);
    }

    @Override
    public void write(DeviceMemory target, long byteOffset, MemorySegment source) {
        MemorySegment.copy(source, 0, target.hostSegment(), byteOffset, source.byteSize());
    }

    @Override
    public void read(DeviceMemory source, long byteOffset, MemorySegment target) {
        MemorySegment.copy(source.hostSegment(), byteOffset, target, 0, target.byteSize());
    }

    @Override
    public Stream createStream(String name) {
        return new CpuStream();
    }

    @Override
    public Stream createExchangeStream(String name) {
        return new CpuExchangeStream(name);
    }

    @Override
    public Event createEvent() {
        return new CpuEvent();
    }

    @Override
    public Operation capture(String name, Stream stream, Operation operation) {
        return operation;
    }

    @Override
    public StagedUpload createUpload(Tensor target, int slots) {
        TensorChecks.upload(target, slots);
        return new CpuStagedUpload(target);
    }

    @Override
    public SampleSlices scoringSlices(int batch, long weightBytes) {
        return ScoringCut.slices(batch, weightBytes);
    }

    @Override
    public Operation independentBySlot(List<List<Operation>> bySlot) {
        return new IndependentOperations(pool, bySlot);
    }

    @Override
    public WorkingMemory workingMemory() {
        return new CpuWorkingMemory(pool.threads());
    }

    @Override
    public BatchOperations batch() {
        return batch;
    }

    @Override
    public EmbeddingOperations embedding() {
        return embedding;
    }

    @Override
    public MatrixProducts matrixProducts() {
        return matrixProducts;
    }

    @Override
    public CrossOperations cross() {
        return cross;
    }

    @Override
    public LossOperations loss() {
        return loss;
    }

    @Override
    public OptimizerOperations optimizer() {
        return optimizer;
    }

    @Override
    public RandomOperations random() {
        return random;
    }

    @Override
    public MetricOperations metric() {
        return metric;
    }

    @Override
    public void close() {
        matrixProducts.close();
        pool.close();
    }
}
