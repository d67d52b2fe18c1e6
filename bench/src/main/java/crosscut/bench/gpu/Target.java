package crosscut.bench.gpu;

import java.util.List;
import java.util.Map;

/**
 * A number that a GPU run should reach, beside what it did reach.
 *
 * @param name what is measured
 * @param least what must be reached on an H200
 * @param goal what is hoped for
 * @param measured null where the run did not measure it
 */
record Target(String name, double least, double goal, Double measured) {

    /** All targets; {@code measurements} by the name of the run, each with its results by name. */
    static List<Target> all(Map<String, Object> measurements) {
        return List.of(
                new Target("training AMP, batch 65,536, samples/s", 4.0e6, 5.5e6, number(measurements, "training-amp", "throughput")),
                new Target("training TF32, batch 65,536, samples/s", 2.0e6, 2.5e6, number(measurements, "training-tf32", "throughput")),
                new Target("inference AMP, batch 2048, samples/s", 6.0e6, 10.0e6, number(measurements, "inference-fp16", "mean_inference_throughput")),
                new Target("training AMP against PyTorch with torch.compile, ratio", 2, 2, number(measurements, "race", "ratio_to_compiled_amp")));
    }

    private static Double number(Map<String, Object> measurements, String run, String name) {
        return measurements.get(run) instanceof Map<?, ?> results && results.get(name) instanceof Number number ? number.doubleValue() : null;
    }

    /** "goal reached", "reached", "missed", or "not measured". */
    public String verdict() {
        if (measured == null) {
            return "not measured";
        }
        return measured >= goal ? "goal reached" : measured >= least ? "reached" : "missed";
    }
}
