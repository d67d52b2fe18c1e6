package crosscut.bench.cpu;

import crosscut.bench.MarkdownText;
import crosscut.launcher.doctor.Machine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code results.md} and {@code results.json}, written anew after every match, so that a race that is stopped leaves what it has. */
final class CpuRaceReport {

    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path folder;
    private final String commit;
    private final String begin = now();
    private final String loadAtBegin = load();
    private final List<Entry> entries = new ArrayList<>();

    /**
     * A match and what was busy beside it.
     *
     * @param target null where there is none
     * @param load the system's load average over one minute at its end, which counts the match itself
     */
    private record Entry(Match match, Double target, String verdict, String load) {}

    CpuRaceReport(Path folder, String commit) {
        this.folder = folder;
        this.commit = commit;
    }

    void add(Match match) throws IOException {
        entries.add(new Entry(match, match.target() == null ? null : match.target().ratio(), match.verdict(), load()));
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("environment", environment());
        results.put("matches", entries);
        Files.write(folder.resolve("results.json"), JSON.writeValueAsBytes(results));
        Files.writeString(folder.resolve("results.md"), markdown());
    }

    private Map<String, String> environment() {
        Machine machine = Machine.here();
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("date", begin + " to " + now());
        environment.put("commit", commit);
        environment.put("processor", machine.processorName() + ", " + Runtime.getRuntime().availableProcessors() + " cores");
        environment.put("memory", String.format(Locale.ROOT, "%.1f GiB", machine.memoryBytes() / 0x1p30));
        environment.put("system", machine.distribution() + ", Java " + Runtime.version());
        environment.put("load before the race", loadAtBegin);
        return environment;
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String load() {
        return String.format(Locale.ROOT, "%.1f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private String markdown() {
        MarkdownText text = new MarkdownText();
        text.line("# Race on the CPU, " + begin);
        text.line("");
        text.table("what", "value");
        environment().forEach(text::row);
        text.line("");
        text.line("Samples per second are the medians of each side's turns, the ratio that of neighbouring turns. The load is the average over one minute at the end");
        text.line("of a match; the race itself adds up to " + Runtime.getRuntime().availableProcessors() + ". By CPU time the ratio counts what the processors did, not "
                + "what passed:");
        text.line("with one thread it hardly depends on the load; with more, threads that wait actively are counted as work.");
        text.line("");
        text.table("contest", "threads", "against", "ours, samples/s", "theirs", "ratio", "quartiles", "by CPU time", "target", "verdict", "rounds", "load");
        entries.forEach(entry -> row(text, entry));
        text.line("");
        facts(text);
        return text.toString();
    }

    private static void row(MarkdownText text, Entry entry) {
        Match match = entry.match();
        boolean raced = match.ratio() != null;
        text.row(match.contest().title(), match.contest().threads(), match.peer().name().toLowerCase(Locale.ROOT), raced ? whole(match.ours()) : null,
                raced ? whole(match.theirs()) : null, raced ? hundredths(match.ratio().median()) : null,
                raced ? hundredths(match.ratio().lower()) + " to " + hundredths(match.ratio().upper()) : null, raced ? hundredths(match.cpuRatio().median()) : null,
                entry.target() == null ? null : hundredths(entry.target()), entry.verdict(), match.rounds(), entry.load());
    }

    /** What the sides said about themselves, each different value once with the contests it holds for. */
    private void facts(MarkdownText text) {
        Map<String, List<String>> contests = new TreeMap<>();
        for (Entry entry : entries) {
            Match match = entry.match();
            match.ourFacts().forEach((name, value) -> note(contests, "Crosscut: " + name + ": " + value, match));
            match.theirFacts().forEach((name, value) -> note(contests, "PyTorch, " + match.peer() + ": " + name + ": " + value, match));
        }
        text.table("setting", "in");
        contests.forEach((fact, where) -> text.row(fact, where.size() == entries.size() ? "all" : String.join("; ", where)));
        text.line("");
        text.table("contest", "against", "difference of outputs", "explained by rounding", "of losses", "explained by rounding");
        for (Entry entry : entries) {
            Agreement agreement = entry.match().agreement();
            text.row(entry.match().contest().title(), entry.match().peer(), tiny(agreement.outputDifference()), tiny(agreement.outputAllowed()),
                    tiny(agreement.lossDifference()), tiny(agreement.lossAllowed()));
        }
    }

    private static void note(Map<String, List<String>> contests, String fact, Match match) {
        contests.computeIfAbsent(fact, _ -> new ArrayList<>()).add(match.contest().title());
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String hundredths(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String tiny(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }
}
