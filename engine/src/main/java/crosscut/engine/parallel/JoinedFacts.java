package crosscut.engine.parallel;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * What several ranks know together.
 *
 * @param facts by name
 * @param difference which two ranks say different things, empty where none do
 */
record JoinedFacts(TreeMap<String, String> facts, String difference) {

    private static final JsonMapper JSON = new JsonMapper();

    /** Joins the facts of all ranks, in their order. */
    static JoinedFacts of(List<JoinedFacts> ranks) {
        TreeMap<String, String> joined = new TreeMap<>();
        TreeMap<String, Integer> sources = new TreeMap<>();
        for (int rank = 0; rank < ranks.size(); rank++) {
            for (Map.Entry<String, String> fact : ranks.get(rank).facts().entrySet()) {
                String name = fact.getKey();
                String known = joined.putIfAbsent(name, fact.getValue());
                if (known != null && !known.equals(fact.getValue())) {
                    return new JoinedFacts(joined, said(sources.get(name), name, known) + ", but " + said(rank, name, fact.getValue()));
                }
                sources.putIfAbsent(name, rank);
            }
        }
        return new JoinedFacts(joined, "");
    }

    /** What one rank knows. */
    static JoinedFacts ofOne(SortedMap<String, String> facts) {
        return new JoinedFacts(new TreeMap<>(facts), "");
    }

    private static String said(int rank, String name, String value) {
        return "rank " + rank + " has " + name + " " + value;
    }

    byte[] toBytes() {
        return JSON.writeValueAsBytes(this);
    }

    static JoinedFacts fromBytes(byte[] bytes) {
        return JSON.readValue(bytes, JoinedFacts.class);
    }
}
