package crosscut.bench.input;

import crosscut.bench.MeasuredBenchmark;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One epoch of reading, with a consumer that looks at nothing. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class InputBenchmark extends MeasuredBenchmark {

    @Param({"2048", "65536"})
    private int batchSize;

    @Param({"STORED", "SHUFFLED"})
    private InputOrder order;

    private InputPipeline pipeline;

    @Setup
    public void write() {
        pipeline = new InputPipeline(InputPipeline.SAMPLES, batchSize);
    }

    @Benchmark
    public long epoch() {
        return pipeline.epoch(order, _ -> { });
    }

    /** Samples of an epoch. */
    public static long epochSamples() {
        return InputPipeline.SAMPLES;
    }

    /** Bytes of an epoch. */
    public static long epochBytes() {
        return InputPipeline.SAMPLES * RandomFiles.SAMPLE_BYTES;
    }

    @TearDown
    public void remove() {
        pipeline.close();
    }
}
