package crosscut.simulator.mutation;

import java.util.List;

/** A PTX text in which all kernels but one and all debug sections are empty lines: quick to read, with the line numbers of the whole. */
final class KernelExcerpt {

    private final StringBuilder text = new StringBuilder();
    private final String kernel;
    private boolean isLeftOut;
    private boolean isInBlock;
    private int depth;

    private KernelExcerpt(String kernel) {
        this.kernel = kernel;
    }

    static String of(String ptx, String kernel) {
        KernelExcerpt excerpt = new KernelExcerpt(kernel);
        ptx.lines().forEach(excerpt::take);
        return excerpt.text.toString();
    }

    private void take(String line) {
        List<String> words = List.of(line.strip().split("[\\s(]+"));
        if (!isInBlock && (words.contains(".entry") || words.contains(".section"))) {
            isInBlock = true;
            isLeftOut = words.contains(".section") || !words.contains(kernel);
        }
        text.append(isInBlock && isLeftOut ? "" : line).append('\n');
        if (isInBlock) {
            int before = depth;
            depth += (int) line.chars().filter(character -> character == '{').count() - (int) line.chars().filter(character -> character == '}').count();
            isInBlock = depth > 0 || before == 0 && !line.contains("}");
        }
    }
}
