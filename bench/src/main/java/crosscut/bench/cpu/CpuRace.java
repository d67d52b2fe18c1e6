package crosscut.bench.cpu;

import crosscut.bench.ModelSize;
import crosscut.engine.UserException;
import crosscut.engine.config.Precision;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The referee: what {@code bench/peers/cpu-race} starts. */
@Command(name = "cpu-race", sortOptions = false, usageHelpWidth = 140, description = {
    "Crosscut against PyTorch on the CPU, in turns, so that whatever else the machine does hits both alike.",
    "First the two must agree: from the same weights, on the same batch, their outputs and their losses over five steps. Then they take turns; a ratio is that "
        + "of neighbouring turns, and its median and quartiles are printed. Exit status 1 when outputs disagree or a side fails, 0 otherwise, whatever the "
        + "ratios are."})
public final class CpuRace implements Callable<Integer> {

    @Option(names = "--mode", description = "training, inference, or embedding: the update of the tables alone (training)")
    private Contest.Mode mode;

    @Option(names = "--size", description = "full, the reference's dense model over 26 x 100,000 x 128, or small (full)")
    private ModelSize size;

    @Option(names = "--batch", description = "samples (2048)")
    private Integer batch;

    @Option(names = "--precision", description = "fp32 or bf16 (fp32)")
    private Precision precision;

    @Option(names = "--peer", description = "stock or tuned; both where it is left out")
    private Peer peer;

    @Option(names = "--threads", description = "of each side; as many as there are processors where it is left out")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--rounds", defaultValue = "9", description = "turns of each side (${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--all", description = "all contests that have a target; with flags from above those that fit them")
    private boolean all;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "where results.md and results.json go; bench/results/cpu-race-<date> otherwise")
    private Path out;

    @Option(names = "--sgemm", hidden = true)
    private Path sgemm;

    @Option(names = "--jemalloc", hidden = true)
    private Path jemalloc;

    @Option(names = "--unpacked", hidden = true, required = true)
    private Path unpacked;

    @Option(names = "--commit", hidden = true, defaultValue = "unknown")
    private String commit;

    @Option(names = "--help", usageHelp = true, description = "this text")
    private boolean help;

    private CpuRace() {
    }

    /** Ends the process with the exit status. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new CpuRace()).setCaseInsensitiveEnumValuesAllowed(true).setOverwrittenOptionsAllowed(true)
                .setExecutionExceptionHandler((failure, _, _) -> {
                    if (failure instanceof UserException || failure instanceof IllegalArgumentException) {
                        System.err.println("cpu-race: " + failure.getMessage());
                        return 1;
                    }
                    throw failure;
                });
        System.exit(line.execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (rounds < 1) {
            throw new UserException("--rounds " + rounds + " must be 1 or more");
        }
        List<Pairing> pairings = pairings();
        if (pairings.isEmpty()) {
            throw new UserException("no contest with a target fits these flags: leave --all out to race without one");
        }
        warnOfLoad();
        Files.createDirectories(out);
        CpuRaceReport report = new CpuRaceReport(out, commit);
        boolean agree = true;
        for (Pairing pairing : pairings) {
            Match match = play(pairing);
            System.out.println(line(match));
            report.add(match);
            agree &= match.agreement().holds();
        }
        System.out.println("results: " + out.resolve("results.md"));
        return agree ? 0 : 1;
    }

    /** A quarter of the cores in use is what an idle machine with a few services may show. */
    private static void warnOfLoad() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        if (load > 0.25 * Runtime.getRuntime().availableProcessors()) {
            System.err.printf(Locale.ROOT, "cpu-race: the load of this machine is %.1f before anything has started: ratios will not be those of a quiet one%n", load);
        }
    }

    private record Pairing(Contest contest, Peer peer) {}

    private List<Pairing> pairings() {
        if (all) {
            return Target.ALL.stream().filter(this::isWanted).map(target -> new Pairing(target.contest(threads), target.peer())).toList();
        }
        Contest contest = new Contest(orElse(mode, Contest.Mode.TRAINING), orElse(size, ModelSize.FULL), orElse(batch, 2048),
                orElse(precision, Precision.FP32), threads);
        return Stream.of(Peer.values()).filter(one -> fits(peer, one)).map(one -> new Pairing(contest, one)).toList();
    }

    private boolean isWanted(Target target) {
        return fits(mode, target.mode()) && fits(size, target.size()) && fits(batch, target.batch()) && fits(precision, target.precision())
                && fits(peer, target.peer());
    }

    private static boolean fits(Object wanted, Object one) {
        return wanted == null || wanted.equals(one);
    }

    private static <T> T orElse(T given, T usual) {
        return given == null ? usual : given;
    }

    private Match play(Pairing pairing) throws IOException {
        Path logs = Files.createDirectories(out.resolve("logs"));
        SideCommands commands = new SideCommands(sgemm, jemalloc, unpacked, logs);
        try (Side ours = commands.ours(pairing.contest()); Side theirs = commands.theirs(pairing.contest(), pairing.peer())) {
            return Match.play(pairing.contest(), pairing.peer(), ours, theirs, Match.Pace.of(rounds));
        }
    }

    private static String line(Match match) {
        String title = match.contest().title() + " against " + match.peer();
        Agreement agreement = match.agreement();
        if (!agreement.holds()) {
            return String.format(Locale.ROOT, "%s: OUTPUTS DISAGREE by %.2e (rounding explains %.2e), losses by %.2e (%.2e)", title,
                    agreement.outputDifference(), agreement.outputAllowed(), agreement.lossDifference(), agreement.lossAllowed());
        }
        String target = match.target() == null ? "no target" : String.format(Locale.ROOT, "target x%.2f %s", match.target().ratio(), match.verdict());
        return String.format(Locale.ROOT, "%s: %,.0f against %,.0f samples/s, x%.2f (quartiles %.2f to %.2f of %d rounds; by CPU time x%.2f), %s", title, match.ours(),
                match.theirs(), match.ratio().median(), match.ratio().lower(), match.ratio().upper(), match.rounds(), match.cpuRatio().median(), target);
    }
}
