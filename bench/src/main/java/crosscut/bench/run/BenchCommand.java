package crosscut.bench.run;

import com.sun.management.OperatingSystemMXBean;
import crosscut.bench.ModelSize;
import crosscut.engine.UserException;
import crosscut.engine.config.Precision;
import crosscut.launcher.doctor.Machine;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code crosscut bench}. */
@Command(name = "crosscut bench", sortOptions = false, optionListHeading = "%nFlags:%n", parameterListHeading = "%nPreset:%n", synopsisHeading = "%nUsage: ",
        description = "Measure this machine and this build with JMH, on the processor, and write Markdown and JSON.")
final class BenchCommand implements Runnable {

    private static final String DEFAULT_PRESET = "quick";
    private static final String DEFAULT_FOLDER = "benchmark-results";
    private static final int MOST_THREADS = 1024;
    private static final int LONGEST_ITERATION = 3600;
    private static final int MOST_SEEDS = 1000;

    @Parameters(arity = "0..1", paramLabel = "PRESET", defaultValue = DEFAULT_PRESET, completionCandidates = PresetNames.class,
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private String preset;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = DEFAULT_FOLDER,
            description = "Where PRESET.md, .json, .jmh.json (JMH's own) and .log go, replacing older ones. Default: ${DEFAULT-VALUE}.")
    private Path out;

    @Option(names = "--threads", paramLabel = "N", description = "Worker threads. Default: one on each processor.")
    private Integer threads;

    @Option(names = "--size", paramLabel = "SIZE", split = ",",
            description = "Model sizes in place of the preset's: small, full, or both with a comma.")
    private List<ModelSize> sizes = List.of();

    @Option(names = "--precision", paramLabel = "TYPE", split = ",",
            description = "Precisions in place of the preset's: fp32, bf16, or both with a comma.")
    private List<Precision> precisions = List.of();

    @Option(names = "--seconds", paramLabel = "S", description = "Length of an iteration in place of the preset's; one that takes longer runs once.")
    private Double seconds;

    @Option(names = "--recipes", paramLabel = "DIR", description = "With accuracy: the folder of the recipes (*.train). Default: docs/recipes.")
    private Path recipes;

    @Option(names = "--seeds", paramLabel = "N", description = "With accuracy: train each recipe with seeds 1 to N. Default: 5.")
    private Integer seeds;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this text.")
    private boolean help;

    @Option(names = "--stacktrace", description = "Show where an error came from.")
    private boolean stackTrace;

    @Spec
    private CommandSpec spec;

    static final class PresetNames implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Preset.values()).map(choice -> choice.text() + " (" + choice.description() + ")").iterator();
        }
    }

    @Override
    public void run() {
        Preset chosen = Preset.named(preset);
        requireFlagsInUse(chosen);
        if (threads != null && (threads < 1 || threads > MOST_THREADS)) {
            throw new UserException("--threads " + threads + " must be at least 1 and at most " + MOST_THREADS);
        }
        if (seconds != null && !(seconds > 0 && seconds <= LONGEST_ITERATION)) {
            throw new UserException("--seconds " + seconds + " must be above 0 and at most " + LONGEST_ITERATION);
        }
        if (seeds != null && (seeds < 1 || seeds > MOST_SEEDS)) {
            throw new UserException("--seeds " + seeds + " must be at least 1 and at most " + MOST_SEEDS);
        }
        precisions.stream().filter(precision -> precision != Precision.FP32 && precision != Precision.BF16).findFirst().ifPresent(precision -> {
            throw new UserException("--precision " + precision.name().toLowerCase(Locale.ROOT) + ": processors compute in fp32 and bf16 only");
        });
        int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        Recipes trained = new Recipes(recipes == null ? Recipes.DEFAULT.folder() : recipes, seeds == null ? Recipes.DEFAULT.seeds() : seeds);
        OutputFolder folder = OutputFolder.open(out, chosen.text());
        Conditions conditions = Conditions.atStart(chosen.text(), workers);
        new BenchmarkRun(spec.commandLine().getOut(), folder, availableBytes()).run(chosen.suites(sizes, precisions, workers, seconds, trained), conditions);
    }

    /** Recipes say themselves what is trained, and nothing else has any. */
    private void requireFlagsInUse(Preset chosen) {
        if (chosen == Preset.ACCURACY && !(sizes.isEmpty() && precisions.isEmpty() && seconds == null)) {
            throw new UserException("--size, --precision and --seconds do nothing with the preset accuracy: its recipes say what is trained");
        }
        if (chosen != Preset.ACCURACY && !(recipes == null && seeds == null)) {
            throw new UserException("--recipes and --seeds do nothing with the preset " + chosen.text() + ": only accuracy trains recipes");
        }
    }

    /** What the system can give now, or a container's limit where that is less. */
    private static long availableBytes() {
        long limit = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        long available = Machine.here().availableMemoryBytes();
        return available == 0 ? limit : Math.min(limit, available);
    }
}
