package crosscut.simulator.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Findings, each line of a kernel reported once per kind. Thread safe. */
public final class FindingLog {

    private record Key(FindingKind kind, String kernel, int line, String text) {}

    private final Map<Key, Finding> findings = new LinkedHashMap<>();

    /** Adds what happened in a kernel. */
    public synchronized void add(FindingKind kind, Place place, String text) {
        findings.putIfAbsent(new Key(kind, place.kernel(), place.ptxLine(), ""), new Finding(kind, place, text));
    }

    /** Adds what the host did. */
    public synchronized void add(FindingKind kind, String text) {
        findings.putIfAbsent(new Key(kind, "", 0, text), new Finding(kind, null, text));
    }

    /** In the order in which they were first seen. */
    public synchronized List<Finding> all() {
        return List.copyOf(findings.values());
    }

    public synchronized boolean isEmpty() {
        return findings.isEmpty();
    }

    /** Forgets everything. */
    public synchronized void clear() {
        findings.clear();
    }
}
