package crosscut.kernels.device.cuda;

import crosscut.bindings.nvtx.Nvtx;
import crosscut.kernels.batch.BatchOperations;
import crosscut.kernels.batch.CudaBatchOperations;
import crosscut.kernels.cross.CrossOperations;
import crosscut.kernels.cross.CudaCrossOperations;
import crosscut.kernels.device.ByteSize;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Event;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.StagedUpload;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.TimedEvent;
import crosscut.kernels.device.WorkingMemory;
import crosscut.kernels.embedding.CudaEmbeddingOperations;
import crosscut.kernels.embedding.EmbeddingOperations;
import crosscut.kernels.gemm.CublasLtMatrixProducts;
import crosscut.kernels.loss.CudaLossOperations;
import crosscut.kernels.loss.LossOperations;
import crosscut.kernels.metric.CudaMetricOperations;
import crosscut.kernels.metric.MetricOperations;
import crosscut.kernels.optimizer.CudaOptimizerOperations;
import crosscut.kernels.optimizer.OptimizerOperations;
import crosscut.kernels.random.CudaRandomOperations;
import crosscut.kernels.random.RandomOperations;
import java.lang.foreign.MemorySegment;

/** A GPU, or the simulator in its place. Launches queue on streams; binding and launching happen on one thread at a time. */
public final class CudaDevice implements Device {

    private final CudaContext context;
    private final CudaOptions options;
    private final Nvtx nvtx;
    private final CublasLtMatrixProducts matrixProducts;
    private final BatchOperations batch;
    private final EmbeddingOperations embedding;
    private final CrossOperations cross;
    private final LossOperations loss;
    private final OptimizerOperations optimizer;
    private final RandomOperations random;
    private final MetricOperations metric;

    private CudaDevice(CudaContext context, CudaLibraries libraries, CudaOptions options) {
        this.context = context;
        this.options = options;
        this.nvtx = libraries.nvtx();
        matrixProducts = libraries.blas() == null ? null : CublasLtMatrixProducts.open(context, libraries.blas(), options);
        batch = new CudaBatchOperations(this);
        embedding = new CudaEmbeddingOperations(context);
        cross = new CudaCrossOperations(context);
        loss = new CudaLossOperations(context);
        optimizer = new CudaOptimizerOperations(context);
        random = new CudaRandomOperations(context, this);
        metric = new CudaMetricOperations(context);
    }

    /**
     * Opens a GPU.
     *
     * @throws IllegalStateException when there is no such GPU, when it is too old, or when its driver refuses the kernels
     */
    public static CudaDevice open(CudaLibraries libraries, CudaOptions options) {
        CudaContext context = new CudaContext(libraries.driver(), options.ordinal());
        try {
            return new CudaDevice(context, libraries, options);
        } catch (RuntimeException | Error failure) {
            context.close();
            throw failure;
        }
    }

    @Override
    public String description() {
        return context.name() + ", compute capability " + context.capability() + ", " + context.multiprocessors() + " multiprocessors, "
                + ByteSize.text(context.totalMemory()) + (matrixProducts == null ? "" : ", " + matrixProducts.description());
    }

    /** The context, for op families and tools that go past {@link Device}. */
    public CudaContext context() {
        return context;
    }

    @Override
    public DeviceMemory allocate(String owner, long byteSize) {
        return context.allocate(owner, byteSize);
    }

    @Override
    public DeviceMemory allocateHost(String owner, long byteSize) {
        return context.allocateHost(owner, byteSize);
    }

    @Override
    public void write(DeviceMemory target, long byteOffset, MemorySegment source) {
        context.write(target, byteOffset, source);
    }

    @Override
    public void read(DeviceMemory source, long byteOffset, MemorySegment target) {
        context.read(source, byteOffset, target);
    }

    @Override
    public Stream createStream(String name) {
        return context.createStream(name, options.workspaceBytes());
    }

    @Override
    public Stream createStreamWithoutProducts(String name) {
        return CudaStream.withoutWorkspace(context, name);
    }

    @Override
    public Stream createExchangeStream(String name) {
        return createStreamWithoutProducts(name);
    }

    @Override
    public Event createEvent() {
        return CudaEvent.create(context);
    }

    @Override
    public TimedEvent createTimedEvent() {
        return CudaEvent.createTimed(context);
    }

    @Override
    public Operation capture(String name, Stream stream, Operation operation) {
        return CudaGraph.capture(context, name, stream, operation);
    }

    @Override
    public StagedUpload createUpload(Tensor target, int slots) {
        TensorChecks.upload(target, slots);
        return new CudaStagedUpload(context, target, slots);
    }

    @Override
    public Operation named(String name, Operation operation) {
        return nvtx == null ? operation : new NamedOperation(nvtx, name, operation);
    }

    @Override
    public boolean separatesViews() {
        return options.separatesViews();
    }

    @Override
    public WorkingMemory workingMemory() {
        return new CudaWorkingMemory(options);
    }

    @Override
    public long freeMemory() {
        return context.driver().freeMemory();
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
    public CublasLtMatrixProducts matrixProducts() {
        if (matrixProducts == null) {
            throw new IllegalStateException(context.name() + " was opened without cuBLASLt, so it has no matrix products");
        }
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
        try {
            if (matrixProducts != null) {
                context.synchronize();
                matrixProducts.close();
            }
        } finally {
            context.close();
        }
    }
}
