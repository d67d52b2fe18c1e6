package crosscut.bench.run;

import static crosscut.bench.run.TimeColumns.columns;

import crosscut.bench.binding.BindingBenchmark;
import crosscut.bench.binding.DriverBenchmark;
import crosscut.bench.binding.DriverCalls;
import crosscut.bindings.LibraryLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Native calls.
 *
 * @param effort how long
 * @param obstacle why the CUDA driver cannot be called here, null where it can
 */
record BindingSuite(Effort effort, String obstacle) implements Suite {

    private static final String STRLEN = "strlen of 10 characters";
    private static final String MEMCPY = "64 bytes into a Java array";
    private static final String FACADE = "omp_set_num_threads";
    private static final String VERSION = "cuDriverGetVersion";
    private static final String AS_WE_LINK = "FFM as our bindings link: function and address as arguments";

    /** What each method calls, and how; of each function the first is JNI. */
    private static final List<Call> CALLS = List.of(
            new Call(BindingBenchmark.class, "lengthByJni", STRLEN, "JNI, address in a Java object"),
            new Call(BindingBenchmark.class, "lengthByOurBinding", STRLEN, AS_WE_LINK),
            new Call(BindingBenchmark.class, "lengthByFfm", STRLEN, "FFM, function bound, address as a segment"),
            new Call(BindingBenchmark.class, "lengthByFfmCritical", STRLEN, "FFM, critical"),
            new Call(BindingBenchmark.class, "lengthByFfmWithArena", STRLEN, "FFM, an arena for each call"),
            new Call(BindingBenchmark.class, "copyByJniCritical", MEMCPY, "JNI, GetPrimitiveArrayCritical"),
            new Call(BindingBenchmark.class, "copyByFfmCritical", MEMCPY, "FFM, critical with heap access"),
            new Call(BindingBenchmark.class, "copyByFfmThroughNative", MEMCPY, "FFM into native memory, then a copy"),
            new Call(BindingBenchmark.class, "copyInJava", MEMCPY, "no call: MemorySegment.copy"),
            new Call(BindingBenchmark.class, "facade", FACADE, "our facade of oneDNN"),
            new Call(DriverBenchmark.class, "versionByJCuda", VERSION, "JNI of JCuda, into a Java array"),
            new Call(DriverBenchmark.class, "versionByOurBinding", VERSION, "our facade of the driver: lock, call, check, read"),
            new Call(DriverBenchmark.class, "versionByFfm", VERSION, AS_WE_LINK),
            new Call(DriverBenchmark.class, "versionByFfmCritical", VERSION, "the same, critical"),
            new Call(DriverBenchmark.class, "versionByFfmCriticalHeap", VERSION, "FFM, critical, into a Java array"));

    private record Call(Class<?> benchmark, String method, String function, String way) {}

    /** All that this machine's libraries allow. */
    static BindingSuite here(Effort effort) {
        return new BindingSuite(effort, DriverCalls.obstacle(new LibraryLoader()).orElse(null));
    }

    private Case of(Call call) {
        return new Case(call.benchmark(), call.method(), Map.of(), effort, null, 0);
    }

    private Stream<Call> calls() {
        return CALLS.stream().filter(call -> obstacle == null || call.benchmark() != DriverBenchmark.class);
    }

    @Override
    public List<Case> cases() {
        return calls().map(this::of).toList();
    }

    @Override
    public List<String> leftOut() {
        return obstacle == null ? List.of() : List.of(VERSION + " of libcuda.so.1 by JCuda and by our binding: " + obstacle);
    }

    @Override
    public Table table(Results results) {
        List<Map<String, Object>> rows = new ArrayList<>();
        calls().forEach(call -> results.of(of(call)).ifPresent(measurement -> {
            Map<String, Object> row = TimeColumns.of(columns("function", call.function(), "way", call.way()), measurement, "ns", 1e9);
            row.put("speed against JNI", jni(call.function(), results) / measurement.undisturbed());
            rows.add(row);
        }));
        return new Table("binding", "Calls into native code",
                "What one call costs, and how many times as fast as the first JNI call of the same function it is. " + TimeColumns.NOTE, rows);
    }

    /** Seconds of the function's call by JNI; no number where there is none. */
    private double jni(String function, Results results) {
        return calls().filter(call -> call.function().equals(function) && call.way().startsWith("JNI")).findFirst()
                .flatMap(call -> results.of(of(call))).map(Measurement::undisturbed).orElse(Double.NaN);
    }
}
