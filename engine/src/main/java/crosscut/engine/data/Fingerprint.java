package crosscut.engine.data;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What tells one data set from another, as facts by name. Whoever opened only some columns has only their facts: those of all ranks together are the whole.
 *
 * @param facts {@link #SUMMARY}, and checksums of columns where they lie in files
 */
public record Fingerprint(SortedMap<String, String> facts) {

    /** The fact that everybody has. */
    static final String SUMMARY = "data";

    public Fingerprint {
        facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
    }

    /** As {@link #facts} of any order. */
    public static Fingerprint of(Map<String, String> facts) {
        return new Fingerprint(new TreeMap<>(facts));
    }

    /** One line for checkpoints. */
    public String text() {
        String summary = facts.get(SUMMARY);
        return facts.size() == 1 ? summary : summary + ", columns " + FileSample.checksum(facts.toString());
    }
}
