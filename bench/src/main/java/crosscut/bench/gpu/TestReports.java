package crosscut.bench.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** JUnit's XML reports of one test class. */
final class TestReports {

    private static final List<String> COUNTS = List.of("tests", "failures", "errors", "skipped");

    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private final List<String> failed = new ArrayList<>();

    private TestReports() {
    }

    /** Counts by name, and {@code failed}, the names of failed tests; empty where there is no report, as after a crash. */
    static Map<String, Object> in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Map.of();
        }
        TestReports reports = new TestReports();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(name -> name.toString().endsWith(".xml")).sorted().toList()) {
                reports.read(file);
            }
        }
        Map<String, Object> result = new LinkedHashMap<>(reports.counts);
        result.put("failed", reports.failed);
        return result;
    }

    private void read(Path file) throws IOException {
        String test = null;
        try (var input = Files.newInputStream(file)) {
            XMLStreamReader xml = XMLInputFactory.newFactory().createXMLStreamReader(input);
            while (xml.hasNext()) {
                if (xml.next() != XMLStreamConstants.START_ELEMENT) {
                    continue;
                }
                switch (xml.getLocalName()) {
                    case "testsuite" -> COUNTS.forEach(name -> counts.merge(name, Integer.parseInt(xml.getAttributeValue(null, name)), Integer::sum));
                    case "testcase" -> test = xml.getAttributeValue(null, "name");
                    case "failure", "error" -> failed.add(test + ": " + firstLine(xml.getAttributeValue(null, "message")));
                    default -> {
                        // Properties and output.
                    }
                }
            }
        } catch (XMLStreamException broken) {
            failed.add(file.getFileName() + " is broken: " + firstLine(broken.getMessage()));
        }
    }

    private static String firstLine(String message) {
        return message == null ? "" : message.strip().lines().findFirst().orElse("");
    }
}
