package crosscut.launcher.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with a command line, and what was probably meant. */
final class UsageMessages {

    private UsageMessages() {
    }

    static String of(ParameterException failure) {
        return switch (failure) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched);
            case MissingParameterException missing -> missing(missing);
            default -> failure.getArgSpec() instanceof OptionSpec option && failure.getValue() != null ? badValue(option, failure) : failure.getMessage();
        };
    }

    private static String badValue(OptionSpec option, ParameterException failure) {
        Class<?> type = option.type();
        String rule;
        if (type.isEnum()) {
            rule = "must be one of " + Arrays.stream(type.getEnumConstants()).map(choice -> choice.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
        } else if (type == int.class || type == long.class) {
            rule = "must be a whole number" + (type == int.class ? " below 2^31" : "");
        } else if (type == double.class || type == Double.class) {
            rule = "must be a number";
        } else {
            rule = failure.getCause() == null ? failure.getMessage() : failure.getCause().getMessage();
        }
        return option.longestName() + " " + failure.getValue() + ": " + rule;
    }

    private static String unmatched(UnmatchedArgumentException failure) {
        CommandLine command = failure.getCommandLine();
        String argument = failure.getUnmatched().getFirst();
        boolean root = command.getParent() == null;
        if (!argument.startsWith("-")) {
            return root ? "unknown command '" + argument + "'" + meant(argument, command.getSubcommands().keySet())
                    : command.getCommandName() + " does not know what to do with '" + argument + "'";
        }
        String name = argument.contains("=") ? argument.substring(0, argument.indexOf('=')) : argument;
        return "unknown flag " + name + meant(name, command.getCommandSpec().optionsMap().keySet());
    }

    private static String missing(MissingParameterException failure) {
        List<String> names = new ArrayList<>();
        for (ArgSpec missing : failure.getMissing()) {
            names.add(missing.isOption() ? ((OptionSpec) missing).longestName() + " " + missing.paramLabel() : missing.paramLabel());
        }
        return names.isEmpty() ? failure.getMessage() : failure.getCommandLine().getCommandName() + " needs " + String.join(", ", names);
    }

    private static String meant(String argument, Iterable<String> known) {
        return nearest(argument, known).map(name -> "; did you mean " + name + "?").orElse("");
    }

    /** The known name with the fewest edits to {@code argument}, if it takes at most a third of its length. */
    static Optional<String> nearest(String argument, Iterable<String> known) {
        record Candidate(String name, int edits) {
        }

        List<Candidate> candidates = new ArrayList<>();
        for (String name : known) {
            candidates.add(new Candidate(name, edits(argument, name)));
        }
        return candidates.stream().min(Comparator.comparingInt(Candidate::edits).thenComparing(Candidate::name))
                .filter(best -> best.edits() <= Math.max(1, argument.length() / 3)).map(Candidate::name);
    }

    /** Levenshtein distance: insertions, deletions and replacements. */
    private static int edits(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replaced = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[right.length()];
    }
}
