package crosscut.bench.run;

import crosscut.bench.Processor;
import crosscut.engine.config.Precision;
import crosscut.engine.profile.DeviceCeilings;
import crosscut.kernels.device.Device;
import crosscut.kernels.gemm.MatrixLibrary;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/**
 * Measures what the device does at best in the JVM of the benchmark, right before the first iteration that counts: so both meet the same machine in the same
 * minute. JMH makes it in the benchmark's JVM.
 */
public final class CeilingsProfiler implements InternalProfiler {

    /** Names of the results. */
    static final String COPY = "copy";
    static final String PRODUCT = "product";

    private final Settings settings;
    private DeviceCeilings ceilings;

    /**
     * What to measure by.
     *
     * @param threads worker threads, 0 for one on each processor
     * @param precision of the product
     */
    record Settings(int threads, Precision precision) {

        /** Bytes that measuring takes at most: source and target of the largest copy. */
        static final long BYTES = 2L << 30;

        static Settings parse(String line) {
            String[] parts = line.split(",");
            return new Settings(Integer.parseInt(parts[0]), Precision.valueOf(parts[1]));
        }

        String line() {
            return threads + "," + precision;
        }
    }

    /** @param line {@link Settings#line} */
    public CeilingsProfiler(String line) {
        settings = Settings.parse(line);
    }

    @Override
    public String getDescription() {
        return "bandwidth of a copy and speed of a square product";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        if (ceilings == null && iteration.getType() == IterationType.MEASUREMENT) {
            try (Device device = Processor.open(settings.threads(), MatrixLibrary.AUTO)) {
                ceilings = DeviceCeilings.measure(device, settings.precision().computeType());
            }
        }
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        return ceilings == null ? List.of() : List.of(new ScalarResult(COPY, ceilings.copyBytes(), "B/s", AggregationPolicy.MAX),
                new ScalarResult(PRODUCT, ceilings.productOperations(), "FLOP/s", AggregationPolicy.MAX));
    }
}
