package crosscut.bench.run;

import static crosscut.bench.run.TimeColumns.columns;

import crosscut.bench.ModelSize;
import crosscut.bench.Quartiles;
import crosscut.bench.StepShape;
import crosscut.bench.TrainingStepBenchmark;
import crosscut.engine.config.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How the time of a training step of one global batch changes with the number of ranks on this machine. The processors are dealt out among the ranks, and
 * beside that each rank has one thread: several ranks of one thread are to be held against one rank of as many.
 */
final class RankSuite implements Suite {

    private static final int SAMPLES = 2048;
    private static final int ROUNDS = 5;

    private final ModelSize size;
    private final Precision precision;
    private final Selection selection;
    private final Case step;
    private final StepShape shape;
    private final Map<Arrangement, List<Double>> secondsPerSample = new LinkedHashMap<>();

    /** So many ranks of so many threads. */
    private record Arrangement(int ranks, int threads) {}

    RankSuite(ModelSize size, Precision precision, Selection selection) {
        this.size = size;
        this.precision = precision;
        this.selection = selection;
        shape = new StepShape(size, size.rows(), 1, SAMPLES, precision);
        step = Case.onCpu(TrainingStepBenchmark.class, "step", size, SAMPLES, precision, selection,
                Map.of("rows", String.valueOf(shape.rows()), "hotness", "1"), shape.trainingBytes());
    }

    /** One for each size and precision. */
    static List<Suite> all(Selection selection) {
        return selection.sizes().stream().<Suite>flatMap(size -> selection.precisions().stream().map(precision -> new RankSuite(size, precision, selection)))
                .toList();
    }

    /** Powers of two that divide the threads. */
    private List<Integer> ranks() {
        return Stream.iterate(1, ranks -> selection.threads() % ranks == 0, ranks -> 2 * ranks).toList();
    }

    /** One step without a launcher: its run finds the ceilings that the floor comes from. */
    @Override
    public List<Case> cases() {
        return List.of(step);
    }

    @Override
    public void runPrograms(WholeRuns runs) {
        boolean isSmall = size == ModelSize.SMALL;
        Path data = runs.files(size, isSmall ? 250 : 20, SAMPLES);
        for (int round = 1; round <= ROUNDS; round++) {
            for (int ranks : ranks()) {
                for (int threads : List.of(1, selection.threads() / ranks).stream().distinct().toList()) {
                    measure(runs, data, new Arrangement(ranks, threads), isSmall ? 500 : 40, round);
                }
            }
        }
    }

    private void measure(WholeRuns runs, Path data, Arrangement arrangement, int steps, int round) {
        List<String> flags = new ArrayList<>(List.of("--dataset_path=" + data, "--np=" + arrangement.ranks(), "--threads=" + arrangement.threads(),
                "--batch_size=" + SAMPLES, "--valid_batch_size=" + SAMPLES, "--epochs=2", "--max_steps=" + steps, "--print_freq=" + steps,
                "--precision=" + precision.name().toLowerCase(Locale.ROOT)));
        flags.addAll(WholeRuns.flags(size));
        double samplesPerSecond = runs.results("round " + round + " of " + ROUNDS + ": " + size + ", " + precision + ", ranks " + arrangement.ranks()
                + ", threads of each " + arrangement.threads(), flags).get("throughput").asDouble();
        add(arrangement.ranks(), arrangement.threads(), samplesPerSecond);
    }

    /** Counts a run. */
    void add(int ranks, int threads, double samplesPerSecond) {
        secondsPerSample.computeIfAbsent(new Arrangement(ranks, threads), _ -> new ArrayList<>()).add(1 / samplesPerSecond);
    }

    @Override
    public Table table(Results results) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int ranks : ranks()) {
            List<Double> dealt = secondsPerSample.get(new Arrangement(ranks, selection.threads() / ranks));
            List<Double> single = secondsPerSample.get(new Arrangement(ranks, 1));
            if (dealt != null && single != null && results.of(step).isPresent()) {
                Quartiles all = microseconds(dealt);
                Quartiles one = microseconds(single);
                rows.add(columns("ranks", ranks, "threads of each", selection.threads() / ranks, "us/sample", all.median(), "lower quartile", all.lower(),
                        "upper quartile", all.upper(), "1 thread each us/sample", one.median(), "1 thread each lower quartile", one.lower(),
                        "1 thread each upper quartile", one.upper(), "floor us/sample",
                        results.ceilingsOf(step).floorSeconds(shape.trainingCosts()) * 1e6 / SAMPLES));
            }
        }
        String of = size.name().toLowerCase(Locale.ROOT) + "-" + precision.name().toLowerCase(Locale.ROOT);
        return new Table("growth-" + of + "-ranks", "Growth with ranks, " + of, "Training of " + SAMPLES + " samples a step over tf_raw files by the launcher, "
                + "a process per rank: the median of " + ROUNDS + " runs taken in turns and their quartiles, without the steps of the warm-up. \"us/sample\": "
                + "the threads of the machine dealt out among the ranks; \"1 thread each\": as many threads as ranks. \"floor\": one rank with all threads.",
                rows, new Plot("ranks", List.of("us/sample", "1 thread each us/sample", "floor us/sample"), "us per sample"));
    }

    private static Quartiles microseconds(List<Double> seconds) {
        return Quartiles.of(seconds.stream().mapToDouble(value -> value * 1e6).toArray());
    }
}
