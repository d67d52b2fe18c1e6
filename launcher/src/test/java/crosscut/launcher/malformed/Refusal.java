package crosscut.launcher.malformed;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.launcher.command.CommandLines;
import crosscut.launcher.rank.RankInProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs a command line that must be refused, and looks at how: the exit status, one line that names the trouble, no stack trace, and no file that was not there
 * before. {@code train} runs in this process: the launcher up to the command of its rank, then the rank.
 *
 * @param folder all that a case may touch; {@code DIR} in its arguments
 */
record Refusal(Path folder) {

    /** Something in the input must be put right. */
    static final int USER_ERROR = 1;
    /** The command line is wrong. */
    static final int USAGE_ERROR = 2;

    /** Asserts that {@code arguments}, parted by blanks, are refused with this status and a line that holds all of {@code mentioned}. */
    void check(int status, String arguments, List<String> mentioned) throws IOException {
        TreeMap<String, Long> before = files();
        CommandLines result = run(arguments);
        assertThat(result.err()).as("status %d, output: %s", result.status(), result.out()).startsWith("crosscut: ").hasLineCount(1)
                .doesNotContain("internal error", "Exception", "\tat ");
        assertThat(result.err().replace(folder.toString(), "DIR")).contains(mentioned);
        assertThat(result.status()).isEqualTo(status);
        assertThat(files()).as("files after the refusal").isEqualTo(before);
    }

    /** Runs {@code arguments}; a {@code train} that names no log is not given one. */
    CommandLines run(String arguments) {
        String[] words = Arrays.stream(arguments.split(" +")).map(word -> word.replace("DIR", folder.toString())).toArray(String[]::new);
        boolean train = words[0].equals("train") || words[0].startsWith("-");
        if (!train || arguments.contains("--log_path")) {
            return CommandLines.run(words);
        }
        CommandLines launched = CommandLines.run(Stream.concat(Arrays.stream(words), Stream.of("--dry_run")).toArray(String[]::new));
        if (launched.status() != 0) {
            return launched;
        }
        RankInProcess rank = RankInProcess.run(launched.flagsOfRank());
        return new CommandLines(rank.status(), launched.out(), rank.failure().map(failure -> "crosscut: " + failure.message() + "\n").orElse(""));
    }

    /** Names and sizes of all files. */
    private TreeMap<String, Long> files() throws IOException {
        TreeMap<String, Long> sizes = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
                sizes.put(folder.relativize(path).toString(), Files.size(path));
            }
        }
        return sizes;
    }
}
