package crosscut.bench.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts what the sections of {@code bench/gpu/run} left in a folder together as {@code results.json} and {@code results.md}. The folder holds
 * {@code environment} (lines name=value), {@code sections} (name, result, seconds), {@code said-SECTION} (what it printed), {@code conformance} (class, exit
 * status, seconds), {@code reports/CLASS/TEST-*.xml} of JUnit, logs of runs in DLLogger's format {@code *.jsonl}, and {@code race.json}. Any of them may be
 * missing.
 */
public final class RunReport {

    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String LOG_PREFIX = "DLLL ";
    private static final String LOG_SUFFIX = ".jsonl";

    private final Path facts;

    private RunReport(Path facts) {
        this.facts = facts;
    }

    /** Arguments: the folder with the facts, the folder for the results. */
    public static void main(String[] arguments) throws IOException {
        Map<String, Object> results = collect(Path.of(arguments[0]));
        Path target = Path.of(arguments[1]);
        Files.write(target.resolve("results.json"), JSON.writeValueAsBytes(results));
        Files.writeString(target.resolve("results.md"), MarkdownReport.of(results));
    }

    /** Everything that the folder tells, in the order in which it should be read. */
    static Map<String, Object> collect(Path facts) throws IOException {
        return new RunReport(facts).results();
    }

    private Map<String, Object> results() throws IOException {
        Map<String, Object> measured = measurements();
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("environment", environment());
        results.put("sections", sections());
        results.put("targets", Target.all(measured));
        results.put("measurements", measured);
        results.put("conformance", conformance());
        return results;
    }

    private Map<String, String> environment() throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String line : lines("environment")) {
            int equals = line.indexOf('=');
            environment.put(line.substring(0, equals), line.substring(equals + 1).strip());
        }
        return environment;
    }

    private List<Map<String, Object>> sections() throws IOException {
        List<Map<String, Object>> sections = new ArrayList<>();
        for (String line : lines("sections")) {
            String[] words = line.split(" ");
            Map<String, Object> section = new LinkedHashMap<>();
            section.put("name", words[0]);
            section.put("result", words[1]);
            section.put("seconds", Integer.parseInt(words[2]));
            section.put("said", lines("said-" + words[0]));
            sections.add(section);
        }
        return sections;
    }

    private List<Map<String, Object>> conformance() throws IOException {
        List<Map<String, Object>> classes = new ArrayList<>();
        for (String line : lines("conformance").stream().sorted().toList()) {
            String[] words = line.split(" ");
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("class", words[0]);
            one.put("exit_status", Integer.parseInt(words[1]));
            one.put("seconds", Integer.parseInt(words[2]));
            one.putAll(TestReports.in(facts.resolve("reports").resolve(words[0])));
            classes.add(one);
        }
        return classes;
    }

    /** The results that each run logged at its end, by the name of its log; and those of the race. */
    private Map<String, Object> measurements() throws IOException {
        Map<String, Object> measurements = new LinkedHashMap<>();
        for (Path log : files(LOG_SUFFIX)) {
            String name = log.getFileName().toString();
            JsonNode results = finalResults(log);
            if (results != null) {
                measurements.put(name.substring(0, name.length() - LOG_SUFFIX.length()), JSON.convertValue(results, Map.class));
            }
        }
        Path race = facts.resolve("race.json");
        if (Files.exists(race)) {
            measurements.put("race", JSON.readValue(race, Map.class));
        }
        return measurements;
    }

    /** A run's last line has its results and no step; a run that did not come to its end has none. */
    private static JsonNode finalResults(Path log) throws IOException {
        JsonNode last = null;
        for (String line : Files.readAllLines(log)) {
            if (line.startsWith(LOG_PREFIX)) {
                JsonNode entry = JSON.readTree(line.substring(LOG_PREFIX.length()));
                last = "LOG".equals(entry.path("type").asString()) && entry.path("step").isArray() ? entry.get("data") : last;
            }
        }
        return last;
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(facts)) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix)).sorted().toList();
        }
    }

    private List<String> lines(String name) throws IOException {
        Path file = facts.resolve(name);
        // What a broken program prints need not be UTF-8.
        return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList() : List.of();
    }
}
