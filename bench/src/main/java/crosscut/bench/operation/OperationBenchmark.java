package crosscut.bench.operation;

import crosscut.bench.CpuBenchmark;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One op again and again, on tensors that a step has filled. */
public class OperationBenchmark extends CpuBenchmark {

    /** How the op's name begins, see {@link ModelOperation#name}. */
    @Param("EmbeddingOperations.gather")
    private String operation;

    private ModelOperations operations;
    private Operation launched;
    private Stream stream;

    @Setup
    public void bind() {
        operations = ModelOperations.onProcessor(shape(), library, threads);
        launched = operations.named(operation).operation();
        stream = operations.createStream();
    }

    /** On the CPU a launch returns when the op has run. */
    @Benchmark
    public void launch() {
        launched.launch(stream);
    }

    @TearDown
    public void free() {
        stream.close();
        operations.close();
    }
}
