package crosscut.bench;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Time from a raw batch to its logits. */
public class ForwardPassBenchmark extends CpuBenchmark {

    private ForwardPass pass;

    @Setup
    public void allocate() {
        pass = new ForwardPass(shape(), open());
    }

    @Benchmark
    public MemorySegment score() {
        return pass.run();
    }

    @TearDown
    public void free() {
        pass.close();
    }
}
