package crosscut.kernels.device;

import crosscut.kernels.batch.BatchOperations;
import crosscut.kernels.cross.CrossOperations;
import crosscut.kernels.embedding.EmbeddingOperations;
import crosscut.kernels.gemm.MatrixProducts;
import crosscut.kernels.loss.LossOperations;
import crosscut.kernels.optimizer.OptimizerOperations;
import crosscut.kernels.random.RandomOperations;
import java.lang.foreign.MemorySegment;

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

    /** Host memory that the device can copy from without staging (pinned on a GPU); the caller closes it. */
    DeviceMemory allocateHost(String owner, long byteSize);

    /** Copies host bytes into device memory and returns when they are there. */
    void write(DeviceMemory target, long byteOffset, MemorySegment source);

    /** Copies device bytes to the host and returns when they are there. */
    void read(DeviceMemory source, long byteOffset, MemorySegment target);

    Stream createStream(String name);

    BatchOperations batch();

    EmbeddingOperations embedding();

    MatrixProducts matrixProducts();

    CrossOperations cross();

    LossOperations loss();

    OptimizerOperations optimizer();

    RandomOperations random();

    @Override
    void close();
}
