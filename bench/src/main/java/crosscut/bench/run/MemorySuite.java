package crosscut.bench.run;

import static crosscut.bench.run.TimeColumns.columns;

import crosscut.bench.ModelSize;
import crosscut.engine.config.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What ranks had resident at most, beside what was planned: processes of their own, long enough for all code to be compiled. */
final class MemorySuite implements Suite {

    private final Selection selection;
    private final List<Map<String, Object>> rows = new ArrayList<>();

    MemorySuite(Selection selection) {
        this.selection = selection;
    }

    @Override
    public List<Case> cases() {
        return List.of();
    }

    @Override
    public void runPrograms(WholeRuns runs) {
        for (ModelSize size : selection.sizes()) {
            boolean isSmall = size == ModelSize.SMALL;
            for (Precision precision : selection.precisions()) {
                train(runs, size, precision, 2048, isSmall ? 1500 : 40, 1);
                train(runs, size, precision, isSmall ? 65_536 : 32_768, isSmall ? 50 : 5, 1);
            }
            train(runs, size, Precision.FP32, 2048, isSmall ? 1500 : 40, 2);
            measure(runs, size, Precision.FP32, 32, 1, List.of("--mode=inference", "--valid_batch_size=32", "--max_steps=" + (isSmall ? 100_000 : 2000)));
        }
    }

    private void train(WholeRuns runs, ModelSize size, Precision precision, int batch, int steps, int ranks) {
        measure(runs, size, precision, batch, ranks, List.of("--batch_size=" + batch, "--valid_batch_size=4096", "--max_steps=" + steps,
                "--synthetic_dataset_train_samples=" + (long) batch * steps));
    }

    private void measure(WholeRuns runs, ModelSize size, Precision precision, int batch, int ranks, List<String> work) {
        List<String> flags = new ArrayList<>(List.of("--dataset_type=synthetic", "--labels=coin", "--dataset_path=" + runs.synthetic(size),
                "--synthetic_dataset_test_samples=4096", "--np=" + ranks, "--threads=" + Math.max(1, selection.threads() / ranks),
                "--precision=" + precision.name().toLowerCase(Locale.ROOT)));
        flags.addAll(WholeRuns.flags(size));
        flags.addAll(work);
        String mode = work.getFirst().startsWith("--mode") ? "inference" : "training";
        JsonNode results = runs.results("memory of " + size + ", " + mode + ", batch " + batch + ", " + precision + ", ranks " + ranks, flags);
        double peak = results.get("peak_memory_bytes").asDouble();
        double planned = results.get("planned_memory_bytes").asDouble();
        rows.add(columns("model", size.name(), "mode", mode, "batch", batch, "precision", precision.name(), "ranks", ranks, "planned MiB", planned / 0x1p20,
                "peak MiB", peak / 0x1p20, "of files MiB", results.get("mapped_files_bytes").asDouble() / 0x1p20, "peak / planned %", 100 * peak / planned));
    }

    @Override
    public Table table(Results results) {
        return new Table("memory", "Memory against its plan", "Most that a rank's process had resident (VmHWM; of several ranks the one with most), beside the "
                + "total of its plan. \"of files\": pages of libraries, in the peak too.", rows);
    }
}
