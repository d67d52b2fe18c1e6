package crosscut.bench.run;

import static crosscut.bench.run.TimeColumns.columns;

import crosscut.bench.binding.BindingBenchmark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Native calls. */
record BindingSuite(Effort effort) implements Suite {

    private static final String STRLEN = "strlen of 10 characters";
    private static final String MEMCPY = "64 bytes into a Java array";
    private static final String FACADE = "omp_set_num_threads";

    /** How each method calls, and what; of each function the first is JNI. */
    private static final Map<String, List<String>> METHODS = methods();

    private static Map<String, List<String>> methods() {
        Map<String, List<String>> methods = new LinkedHashMap<>();
        methods.put("lengthByJni", List.of(STRLEN, "JNI, address in a Java object"));
        methods.put("lengthByOurBinding", List.of(STRLEN, "FFM as our bindings link: function and address as arguments"));
        methods.put("lengthByFfm", List.of(STRLEN, "FFM, function bound, address as a segment"));
        methods.put("lengthByFfmCritical", List.of(STRLEN, "FFM, critical"));
        methods.put("lengthByFfmWithArena", List.of(STRLEN, "FFM, an arena for each call"));
        methods.put("copyByJniCritical", List.of(MEMCPY, "JNI, GetPrimitiveArrayCritical"));
        methods.put("copyByFfmCritical", List.of(MEMCPY, "FFM, critical with heap access"));
        methods.put("copyByFfmThroughNative", List.of(MEMCPY, "FFM into native memory, then a copy"));
        methods.put("copyInJava", List.of(MEMCPY, "no call: MemorySegment.copy"));
        methods.put("facade", List.of(FACADE, "our facade of oneDNN"));
        return methods;
    }

    private Case of(String method) {
        return new Case(BindingBenchmark.class, method, Map.of(), effort, null, 0);
    }

    @Override
    public List<Case> cases() {
        return METHODS.keySet().stream().map(this::of).toList();
    }

    @Override
    public Table table(Results results) {
        List<Map<String, Object>> rows = new ArrayList<>();
        METHODS.forEach((method, names) -> results.of(of(method)).ifPresent(measurement -> {
            Map<String, Object> row = TimeColumns.of(columns("function", names.get(0), "way", names.get(1)), measurement, "ns", 1e9);
            row.put("speed against JNI", jni(names.get(0), results) / measurement.undisturbed());
            rows.add(row);
        }));
        return new Table("binding", "Calls into native code",
                "What one call costs, and how many times as fast as the first JNI call of the same function it is. " + TimeColumns.NOTE, rows);
    }

    /** Seconds of the function's call by JNI; no number where there is none. */
    private double jni(String function, Results results) {
        return METHODS.entrySet().stream().filter(entry -> entry.getValue().get(0).equals(function) && entry.getValue().get(1).startsWith("JNI"))
                .findFirst().flatMap(entry -> results.of(of(entry.getKey()))).map(Measurement::undisturbed).orElse(Double.NaN);
    }
}
