package crosscut.simulator.mutation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds where defects can be put into PTX as nvcc prints it, one instruction a line. */
public final class PtxMutator {

    private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+([\\w$]+)");
    private static final Pattern FILE = Pattern.compile("^\\.file\\s+(\\d+)\\s+\"([^\"]*)\"");
    private static final Pattern LOCATION = Pattern.compile("^\\.loc\\s");
    private static final Pattern BARRIER = Pattern.compile("(@!?%\\w+\\s+)?(bar|barrier)\\.(\\w+\\.)*sync(\\.\\w+)*\\s.*");
    private static final Pattern COMPARISON = Pattern.compile("setp\\.(ltu|leu|gtu|geu|lt|le|gt|ge|lo|ls|hi|hs)(\\..*)");
    private static final Pattern REGISTER = Pattern.compile("%\\w+");
    private static final Map<String, String> SHIFTED = Map.ofEntries(
            Map.entry("lt", "le"), Map.entry("le", "lt"), Map.entry("gt", "ge"), Map.entry("ge", "gt"), Map.entry("lo", "ls"), Map.entry("ls", "lo"),
            Map.entry("hi", "hs"), Map.entry("hs", "hi"), Map.entry("ltu", "leu"), Map.entry("leu", "ltu"), Map.entry("gtu", "geu"), Map.entry("geu", "gtu"));

    private final List<String> lines;
    private final Map<String, String> files = new HashMap<>();
    private final List<PtxMutation> mutations = new ArrayList<>();
    private String kernel = "";
    private String source = "";
    private int bodyLine;

    private PtxMutator(String ptx) {
        lines = ptx.lines().map(String::strip).toList();
        for (String line : lines) {
            Matcher file = FILE.matcher(line);
            if (file.find()) {
                files.put(file.group(1), file.group(2));
            }
        }
    }

    /** All mutations of a PTX text, in the order of its lines. */
    public static List<PtxMutation> mutations(String ptx) {
        PtxMutator mutator = new PtxMutator(ptx);
        for (int number = 1; number <= mutator.lines.size(); number++) {
            mutator.look(number);
        }
        return List.copyOf(mutator.mutations);
    }

    private String at(int number) {
        return lines.get(number - 1);
    }

    private void look(int number) {
        String line = at(number);
        Matcher entry = ENTRY.matcher(line);
        if (entry.find()) {
            kernel = entry.group(1);
            source = "";
            bodyLine = 0;
        } else if (LOCATION.matcher(line).find()) {
            String[] words = line.split("\\s+");
            source = files.getOrDefault(words[1], "") + ":" + words[2];
        } else if (line.equals("{") && bodyLine == 0) {
            bodyLine = number;
        } else if (BARRIER.matcher(line).matches()) {
            add(MutationKind.DROPPED_BARRIER, number, new TreeMap<>(Map.of(number, "")));
            moveStores(number);
        } else if (COMPARISON.matcher(line).find()) {
            Matcher comparison = COMPARISON.matcher(line);
            String shifted = comparison.replaceFirst(found -> Matcher.quoteReplacement("setp." + SHIFTED.get(found.group(1)) + found.group(2)));
            add(MutationKind.SHIFTED_COMPARISON, number, new TreeMap<>(Map.of(number, shifted)));
        } else {
            AtomicUpdate.parse(line).ifPresent(update -> add(MutationKind.PLAIN_UPDATE, number,
                    new TreeMap<>(Map.of(number, update.plain(), bodyLine, "{ " + update.declarations()))));
        }
    }

    private void add(MutationKind kind, int number, TreeMap<Integer, String> replacements) {
        mutations.add(new PtxMutation(kind, kernel, number, source, at(number), replacements));
    }

    /** Moves the last store before a barrier behind it, and the first store behind it before it. */
    private void moveStores(int barrier) {
        for (int step : new int[] {-1, 1}) {
            int number = barrier + step;
            while (number > bodyLine && number <= lines.size() && isStraight(at(number)) && !at(number).startsWith("st.")) {
                number += step;
            }
            if (number > bodyLine && number <= lines.size() && at(number).startsWith("st.") && mayCross(number, barrier)) {
                String moved = step < 0 ? at(barrier) + " " + at(number) : at(number) + " " + at(barrier);
                add(MutationKind.MOVED_STORE, number, new TreeMap<>(Map.of(number, "", barrier, moved)));
            }
        }
    }

    /** Whether control goes through the line and no other barrier is there. */
    private static boolean isStraight(String line) {
        return !line.endsWith(":") && Stream.of("@", "bra", "ret", "}", "{").noneMatch(line::startsWith) && !BARRIER.matcher(line).matches();
    }

    /** Whether nothing between store and barrier defines a register that the store uses. */
    private boolean mayCross(int store, int barrier) {
        List<String> used = REGISTER.matcher(at(store)).results().map(found -> found.group()).toList();
        for (int number = Math.min(store, barrier) + 1; number < Math.max(store, barrier); number++) {
            String line = at(number);
            int comma = line.indexOf(',');
            String defined = comma < 0 ? line : line.startsWith("ld.") && line.contains("}") ? line.substring(0, line.indexOf('}')) : line.substring(0, comma);
            if (REGISTER.matcher(defined).results().anyMatch(found -> used.contains(found.group()))) {
                return false;
            }
        }
        return true;
    }
}
