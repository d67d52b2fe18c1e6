package crosscut.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Time of a training step; samples per second are the batch divided by it. */
public class TrainingStepBenchmark extends CpuBenchmark {

    /** Rows of each table, 0 for those of the size. */
    @Param("0")
    private long rows;

    /** Ids per sample and table. */
    @Param("1")
    private int hotness;

    private TrainingStep step;

    @Setup
    public void allocate() {
        step = new TrainingStep(new StepShape(size, rows == 0 ? size.rows() : rows, hotness, batchSize, precision), open());
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
