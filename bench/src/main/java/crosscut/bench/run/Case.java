package crosscut.bench.run;

import crosscut.bench.CpuBenchmark;
import crosscut.bench.ModelSize;
import crosscut.engine.config.Precision;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One benchmark with one value of each of its parameters.
 *
 * @param benchmark its class
 * @param method its method
 * @param parameters values by name
 * @param effort how long
 * @param ceilings which ceilings it is held against, null for none
 * @param bytes of memory that it needs, 0 for little
 */
record Case(Class<?> benchmark, String method, Map<String, String> parameters, Effort effort, CeilingsProfiler.Settings ceilings, long bytes) {

    Case {
        parameters = Map.copyOf(parameters);
    }

    /** A case of a {@link CpuBenchmark}, held against the ceilings of its threads and precision. */
    static Case onCpu(Class<? extends CpuBenchmark> benchmark, String method, ModelSize size, int batchSize, Precision precision, Selection selection,
            Map<String, String> furtherParameters, long bytes) {
        Map<String, String> parameters = new LinkedHashMap<>(furtherParameters);
        parameters.put("size", size.name());
        parameters.put("batchSize", String.valueOf(batchSize));
        parameters.put("precision", precision.name());
        parameters.put("threads", String.valueOf(selection.threads()));
        return new Case(benchmark, method, parameters, selection.effort(), new CeilingsProfiler.Settings(selection.threads(), precision), bytes);
    }

    /** For people: what distinguishes it from the others. */
    String label() {
        StringBuilder text = new StringBuilder(method);
        parameters.entrySet().stream().filter(parameter -> !parameter.getKey().equals("threads")).sorted(Map.Entry.comparingByKey())
                .forEach(parameter -> text.append(", ").append(parameter.getKey()).append(' ').append(parameter.getValue()));
        return text.toString();
    }
}
