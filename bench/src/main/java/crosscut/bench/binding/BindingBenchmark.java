package crosscut.bench.binding;

import crosscut.bench.MeasuredBenchmark;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One native call that does next to nothing. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BindingBenchmark extends MeasuredBenchmark {

    private BindingCalls calls;

    @Setup
    public void load() {
        calls = new BindingCalls("0123456789");
    }

    @Benchmark
    public long lengthByJni() {
        return calls.lengthByJni();
    }

    @Benchmark
    public long lengthByOurBinding() throws Throwable {
        return calls.lengthByOurBinding();
    }

    @Benchmark
    public long lengthByFfm() throws Throwable {
        return calls.lengthByFfm();
    }

    @Benchmark
    public long lengthByFfmCritical() throws Throwable {
        return calls.lengthByFfmCritical();
    }

    @Benchmark
    public long lengthByFfmWithArena() throws Throwable {
        return calls.lengthByFfmWithArena();
    }

    @Benchmark
    public void facade() {
        calls.facade();
    }

    @Benchmark
    public byte[] copyByJniCritical() {
        return calls.copyByJniCritical();
    }

    @Benchmark
    public byte[] copyByFfmCritical() throws Throwable {
        return calls.copyByFfmCritical();
    }

    @Benchmark
    public byte[] copyByFfmThroughNative() throws Throwable {
        return calls.copyByFfmThroughNative();
    }

    @Benchmark
    public byte[] copyInJava() {
        return calls.copyInJava();
    }

    @TearDown
    public void close() {
        calls.close();
    }
}
