package crosscut.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Time from a raw batch to its logits. */
public class InferenceStepBenchmark extends CpuBenchmark {

    private InferenceStep step;

    @Setup
    public void allocate() {
        step = new InferenceStep(size, batchSize, precision, open());
    }

    @Benchmark
    public double score() {
        return step.run();
    }

    @TearDown
    public void free() {
        step.close();
    }
}
