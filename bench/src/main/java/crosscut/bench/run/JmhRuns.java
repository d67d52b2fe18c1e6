package crosscut.bench.run;

import crosscut.bench.JvmFlags;
import crosscut.engine.UserException;
import crosscut.engine.profile.DeviceCeilings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/** Has JMH run cases one after the other, each in a JVM of its own. */
final class JmhRuns {

    /** JMH's name of the bytes allocated by an operation. */
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final PrintStream log;
    private final Path logFile;
    private final List<RunResult> results = new ArrayList<>();

    /**
     * Runs nothing yet.
     *
     * @param log gets all that JMH says
     * @param logFile its name, for messages
     */
    JmhRuns(PrintStream log, Path logFile) {
        this.log = log;
        this.logFile = logFile;
    }

    /**
     * Measures one case.
     *
     * @param withCeilings whether to measure the case's ceilings beside it
     * @throws UserException when the benchmark fails, or another JMH is running on this machine
     */
    Measurement run(Case measured, boolean withCeilings) {
        Collection<RunResult> found;
        try {
            found = new Runner(options(measured, withCeilings), OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL)).run();
        } catch (RunnerException failure) {
            throw new UserException(measured.label() + " failed: " + String.valueOf(failure.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ")
                    + "; all that JMH says is in " + logFile, failure);
        }
        if (found.size() != 1) {
            throw new IllegalStateException(measured.label() + " are " + found.size() + " benchmarks");
        }
        RunResult result = found.iterator().next();
        results.add(result);
        return measurement(result);
    }

    private static Options options(Case measured, boolean withCeilings) {
        Effort effort = measured.effort();
        TimeValue time = TimeValue.milliseconds(Math.round(effort.seconds() * 1e3));
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(measured.benchmark().getName() + "." + measured.method()) + "$")
                .forks(1).warmupIterations(effort.warmups()).warmupTime(time).measurementIterations(effort.iterations()).measurementTime(time)
                .jvmArgs(JvmFlags.all().toArray(String[]::new)).shouldFailOnError(true);
        measured.parameters().forEach(options::param);
        options.addProfiler(GCProfiler.class);
        if (withCeilings) {
            options.addProfiler(CeilingsProfiler.class, measured.ceilings().line());
        }
        return options.build();
    }

    private static Measurement measurement(RunResult result) {
        double unit = result.getParams().getTimeUnit().toNanos(1) * 1e-9;
        Statistics times = result.getPrimaryResult().getStatistics();
        Map<String, Double> others = result.getSecondaryResults().values().stream().filter(other -> other instanceof ScalarResult)
                .collect(Collectors.toMap(Result::getLabel, Result::getScore));
        return new Measurement(times.getPercentile(10) * unit, times.getPercentile(50) * unit, times.getPercentile(90) * unit,
                others.get(ALLOCATED), others.containsKey(CeilingsProfiler.COPY)
                        ? new DeviceCeilings(others.get(CeilingsProfiler.COPY), others.get(CeilingsProfiler.PRODUCT)) : null);
    }

    /** Writes everything that was measured as JMH's own JSON. */
    void writeTo(PrintStream target) {
        ResultFormatFactory.getInstance(ResultFormatType.JSON, target).writeOut(results);
    }
}
