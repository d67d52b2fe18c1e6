package crosscut.simulator.mutation;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An atomic instruction, and the plain instructions that do the same while no other thread comes between.
 *
 * @param predicate with its blank, or empty
 * @param space ".global", ".shared" or empty for a generic address
 * @param operation "add", "exch" and so on
 * @param type ".u32" and so on
 * @param result register of the old value; empty for a reduction
 * @param address as in the brackets
 * @param operands the others
 */
record AtomicUpdate(String predicate, String space, String operation, String type, String result, String address, List<String> operands) {

    private static final Pattern ATOMIC = Pattern.compile("(@!?%\\w+\\s+)?(atom|red)((?:\\.\\w+)+)\\s+(?:(%\\w+)\\s*,\\s*)?\\[([^\\]]+)\\]\\s*,\\s*([^;]+);");
    private static final Set<String> OPERATIONS = Set.of("add", "min", "max", "and", "or", "xor", "exch", "cas");
    private static final Set<String> TYPES = Set.of("u32", "s32", "b32", "u64", "s64", "b64", "f32", "f64");
    private static final String OLD = "%mutant_old";
    private static final String NEW = "%mutant_new";
    private static final String EQUAL = "%mutant_equal";

    /** The instruction of a line, when it is an atomic one of a known kind. */
    static Optional<AtomicUpdate> parse(String line) {
        Matcher matcher = ATOMIC.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<String> words = List.of(matcher.group(3).substring(1).split("\\."));
        Optional<String> operation = words.stream().filter(OPERATIONS::contains).findFirst();
        String type = words.getLast();
        if (operation.isEmpty() || !TYPES.contains(type)) {
            return Optional.empty();
        }
        String space = words.contains("global") ? ".global" : words.contains("shared") ? ".shared" : "";
        String predicate = matcher.group(1) == null ? "" : matcher.group(1);
        return Optional.of(new AtomicUpdate(predicate, space, operation.get(), "." + type, matcher.group(4) == null ? "" : matcher.group(4), matcher.group(5),
                List.of(matcher.group(6).strip().split("\\s*,\\s*"))));
    }

    String declarations() {
        return ".reg " + type + " " + OLD + "; .reg " + type + " " + NEW + "; .reg .pred " + EQUAL + ";";
    }

    String plain() {
        String compute = switch (operation) {
            case "exch" -> predicate + "mov" + type + " " + NEW + ", " + operands.get(0) + ";";
            case "cas" -> predicate + "setp.eq" + type + " " + EQUAL + ", " + OLD + ", " + operands.get(0) + "; " + predicate + "selp" + type + " " + NEW + ", "
                    + operands.get(1) + ", " + OLD + ", " + EQUAL + ";";
            default -> predicate + operation + type + " " + NEW + ", " + OLD + ", " + operands.get(0) + ";";
        };
        String give = result.isEmpty() ? "" : " " + predicate + "mov" + type + " " + result + ", " + OLD + ";";
        return predicate + "ld" + space + type + " " + OLD + ", [" + address + "]; " + compute + " " + predicate + "st" + space + type + " [" + address
                + "], " + NEW + ";" + give;
    }
}
