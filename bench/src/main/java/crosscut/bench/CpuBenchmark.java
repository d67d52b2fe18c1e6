package crosscut.bench;

import crosscut.engine.config.Precision;
import crosscut.kernels.device.Device;
import crosscut.kernels.gemm.MatrixLibrary;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;

/** What the benchmarks on the CPU device have in common. Every run is timed by itself, so that those which other programs interrupt stand out. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public abstract class CpuBenchmark extends MeasuredBenchmark {

    @Param("SMALL")
    protected ModelSize size;

    @Param("2048")
    protected int batchSize;

    @Param("FP32")
    protected Precision precision;

    @Param("AUTO")
    protected MatrixLibrary library;

    /** Worker threads, 0 for one on each processor. */
    @Param("0")
    protected int threads;

    protected final Device open() {
        return Processor.open(threads, library);
    }

    protected final StepShape shape() {
        return StepShape.of(size, batchSize, precision);
    }
}
