package crosscut.launcher.command;

import crosscut.engine.UserException;
import crosscut.engine.data.FileFailure;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code @file} by the arguments in that file: recipes. Arguments are parted by blanks and line ends, {@code '...'} and {@code "..."} keep blanks,
 * {@code #} begins a comment where an argument could begin. A file may name others by {@code @other}, relative to itself. {@code @@x} is the plain text {@code
 * @x}.
 */
public final class ArgumentFiles {

    private static final int DEEPEST_NESTING = 8;

    private static final String QUOTED = "\"[^\"]*\"|'[^']*'";
    private static final Pattern QUOTES = Pattern.compile(QUOTED);
    /** A comment, or a run of plain characters and quoted parts. Possessive, because the matcher recurses for each part that it could give back. */
    private static final Pattern ARGUMENT = Pattern.compile("#.*|(?:" + QUOTED + "|[^\\s\"']++)++");

    private ArgumentFiles() {
    }

    /**
     * The arguments with those of all files in their places.
     *
     * @param folder what relative file names in {@code arguments} start from
     * @throws UserException when a file cannot be read, or includes itself
     */
    public static List<String> expand(Path folder, List<String> arguments) {
        List<String> expanded = new ArrayList<>();
        expand(folder, arguments, expanded, 0);
        return expanded;
    }

    private static void expand(Path folder, List<String> arguments, List<String> expanded, int depth) {
        for (String argument : arguments) {
            if (argument.startsWith("@@")) {
                expanded.add(argument.substring(1));
            } else if (argument.startsWith("@") && argument.length() > 1) {
                Path file = folder.resolve(argument.substring(1));
                if (depth == DEEPEST_NESTING) {
                    throw new UserException("argument file " + file + ": nested more than " + DEEPEST_NESTING + " files deep; does it include itself?");
                }
                expand(file.toAbsolutePath().getParent(), read(file), expanded, depth + 1);
            } else {
                expanded.add(argument);
            }
        }
    }

    private static List<String> read(Path file) {
        try {
            String text = Files.readString(file);
            requireClosedQuotes(file, text);
            return split(text);
        } catch (MalformedInputException failure) {
            throw new UserException("argument file " + file + " is not UTF-8 text", failure);
        } catch (IOException failure) {
            throw new UserException("cannot read argument file " + file.toAbsolutePath() + ": " + FileFailure.reasonFor(file, failure),
                    failure);
        }
    }

    private static void requireClosedQuotes(Path file, String text) {
        String rest = ARGUMENT.matcher(text).replaceAll("").strip();
        if (!rest.isEmpty()) {
            throw new UserException("argument file " + file + ": a quote (" + rest.charAt(0) + ") is opened and not closed");
        }
    }

    static List<String> split(String text) {
        List<String> arguments = new ArrayList<>();
        Matcher argument = ARGUMENT.matcher(text);
        while (argument.find()) {
            if (!argument.group().startsWith("#")) {
                arguments.add(QUOTES.matcher(argument.group()).replaceAll(quoted -> Matcher.quoteReplacement(inside(quoted.group()))));
            }
        }
        return arguments;
    }

    private static String inside(String quoted) {
        return quoted.substring(1, quoted.length() - 1);
    }
}
