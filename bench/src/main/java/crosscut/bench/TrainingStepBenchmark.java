package crosscut.bench;

import crosscut.engine.config.Precision;
import crosscut.kernels.gemm.MatrixLibrary;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time of a training step on all processors; samples per second are the batch divided by it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(value = 2, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector"})
public class TrainingStepBenchmark {

    @Param({"SMALL", "FULL"})
    private ModelSize size;

    @Param({"2048"})
    private int batchSize;

    @Param({"FP32", "BF16"})
    private Precision precision;

    @Param({"AUTO", "JAVA"})
    private MatrixLibrary library;

    private TrainingStep step;

    @Setup
    public void allocate() {
        step = new TrainingStep(size, batchSize, precision, library, Runtime.getRuntime().availableProcessors());
    }

    @Benchmark
    public double step() {
        return step.run();
    }

    @TearDown
    public void free() {
        step.close();
    }
}
