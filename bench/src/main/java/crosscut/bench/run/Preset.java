package crosscut.bench.run;

import crosscut.bench.ModelSize;
import crosscut.engine.UserException;
import crosscut.engine.config.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A choice of suites that can be asked for by name. */
enum Preset {
    /** A little of everything. */
    QUICK("a little of everything, some minutes", Effort.BRIEF, List.of(ModelSize.SMALL), List.of(Precision.FP32),
            selection -> List.of(BindingSuite.here(selection.effort()), new InputSuite(selection.effort(), Batches.ONE),
                    StepSuite.training(selection, Batches.ONE), StepSuite.inference(selection, Batches.FEW), new OperationSuite(selection, true))),
    BINDING("native calls: our binding, critical calls, JNI", Effort.THOROUGH, List.of(), List.of(),
            selection -> List.of(BindingSuite.here(selection.effort()))),
    OPS("every op against a copy or a product of the same run", Effort.THOROUGH, List.of(ModelSize.SMALL), List.of(Precision.FP32),
            selection -> List.of(new OperationSuite(selection, false))),
    STEP("whole training steps, and the floor of each", Effort.THOROUGH, List.of(ModelSize.values()), List.of(Precision.FP32, Precision.BF16),
            selection -> List.of(StepSuite.training(selection, Batches.TRAINING))),
    INFERENCE("forward passes of 1 to 65,536 samples", Effort.THOROUGH, List.of(ModelSize.values()), List.of(Precision.FP32),
            selection -> List.of(StepSuite.inference(selection, Batches.INFERENCE))),
    INPUT("reading batches from the page cache", Effort.THOROUGH, List.of(), List.of(),
            selection -> List.of(new InputSuite(selection.effort(), Batches.INPUT))),
    GROWTH("time per sample against batch, table rows, hotness and ranks, with plots", Effort.THOROUGH, List.of(ModelSize.SMALL), List.of(Precision.FP32),
            selection -> Stream.concat(GrowthSuite.all(selection).stream(), RankSuite.all(selection).stream()).toList()),
    RANKS("the last of these plots alone", Effort.THOROUGH, List.of(ModelSize.SMALL), List.of(Precision.FP32), RankSuite::all),
    MEMORY("peak memory of whole runs against their plans", Effort.BRIEF, List.of(ModelSize.values()), List.of(Precision.FP32, Precision.BF16),
            selection -> List.of(new MemorySuite(selection))),
    ACCURACY("test AUC and logloss of recipes over seeds", Effort.BRIEF, List.of(), List.of(), selection -> List.of(new AccuracySuite(selection))),
    FULL("all of these but growth, ranks, memory and accuracy, for both model sizes in fp32 and bf16: hours", Effort.THOROUGH, List.of(ModelSize.values()),
            List.of(Precision.FP32, Precision.BF16),
            selection -> List.of(BindingSuite.here(selection.effort()), new InputSuite(selection.effort(), Batches.INPUT),
                    new OperationSuite(selection, false), StepSuite.training(selection, Batches.TRAINING), StepSuite.inference(selection, Batches.INFERENCE)));

    private final String description;
    private final Effort effort;
    private final List<ModelSize> sizes;
    private final List<Precision> precisions;
    private final Function<Selection, List<Suite>> suites;

    Preset(String description, Effort effort, List<ModelSize> sizes, List<Precision> precisions, Function<Selection, List<Suite>> suites) {
        this.description = description;
        this.effort = effort;
        this.sizes = sizes;
        this.precisions = precisions;
        this.suites = suites;
    }

    private static final class Batches {

        static final List<Integer> ONE = List.of(2048);
        static final List<Integer> FEW = List.of(1, 256, 8192);
        static final List<Integer> TRAINING = List.of(2048, 8192, 65_536);
        static final List<Integer> INFERENCE = List.of(1, 32, 256, 2048, 8192, 65_536);
        static final List<Integer> INPUT = List.of(2048, 65_536);
    }

    /**
     * The preset of that name.
     *
     * @throws UserException when there is none, with all names
     */
    static Preset named(String name) {
        return Arrays.stream(values()).filter(preset -> preset.text().equals(name.toLowerCase(Locale.ROOT))).findFirst().orElseThrow(() -> new UserException(
                "unknown preset '" + name + "': it must be one of " + Arrays.stream(values()).map(Preset::text).collect(Collectors.joining(", "))));
    }

    /** The name as users write it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For people. */
    String description() {
        return description;
    }

    /**
     * What to run.
     *
     * @param otherSizes in place of the preset's own; empty for those
     * @param otherPrecisions in place of the preset's own; empty for those
     * @param threads worker threads
     * @param otherSeconds of an iteration, in place of the preset's own; null for that
     * @param recipes that {@link #ACCURACY} trains
     */
    List<Suite> suites(List<ModelSize> otherSizes, List<Precision> otherPrecisions, int threads, Double otherSeconds, Recipes recipes) {
        return suites.apply(new Selection(otherSizes.isEmpty() ? sizes : otherSizes, otherPrecisions.isEmpty() ? precisions : otherPrecisions, threads,
                otherSeconds == null ? effort : effort.of(otherSeconds), recipes));
    }
}
