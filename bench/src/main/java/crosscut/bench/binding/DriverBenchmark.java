package crosscut.bench.binding;

import crosscut.bench.MeasuredBenchmark;
import crosscut.bindings.LibraryLoader;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;

/** One call of the CUDA driver that does next to nothing; only where {@link DriverCalls#obstacle} names none. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DriverBenchmark extends MeasuredBenchmark {

    private DriverCalls calls;

    @Setup
    public void load() {
        calls = new DriverCalls(new LibraryLoader());
    }

    @Benchmark
    public int versionByJCuda() {
        return calls.versionByJCuda();
    }

    @Benchmark
    public int versionByOurBinding() {
        return calls.versionByOurBinding();
    }

    @Benchmark
    public int versionByFfm() throws Throwable {
        return calls.versionByFfm();
    }

    @Benchmark
    public int versionByFfmCritical() throws Throwable {
        return calls.versionByFfmCritical();
    }

    @Benchmark
    public int versionByFfmCriticalHeap() throws Throwable {
        return calls.versionByFfmCriticalHeap();
    }
}
