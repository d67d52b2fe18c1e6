package crosscut.simulator.mutation;

import java.util.List;
import java.util.TreeMap;

/**
 * One defect that can be put into a PTX text.
 *
 * @param kind of the defect
 * @param kernel that it is in
 * @param line of the PTX, from 1, whose instruction changes
 * @param source file and line that the instruction was compiled from, of inlined functions the function's; empty when the PTX does not say
 * @param instruction that changes, as it was
 * @param replacements new text of lines by their numbers, from 1; a line may become empty or several
 */
public record PtxMutation(MutationKind kind, String kernel, int line, String source, String instruction, TreeMap<Integer, String> replacements) {

    /** The PTX with the defect. Other lines keep their numbers where that is possible: what is added stands in one line. */
    public String apply(String ptx) {
        List<String> lines = ptx.lines().toList();
        StringBuilder changed = new StringBuilder(ptx.length() + 200);
        for (int number = 1; number <= lines.size(); number++) {
            changed.append(replacements.getOrDefault(number, lines.get(number - 1))).append('\n');
        }
        return changed.toString();
    }

    @Override
    public String toString() {
        return kind + " in " + kernel + ", " + (source.isEmpty() ? "" : source + ", ") + "PTX line " + line + ": " + instruction;
    }
}
