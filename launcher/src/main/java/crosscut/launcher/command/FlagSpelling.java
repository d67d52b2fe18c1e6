package crosscut.launcher.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Brings the spellings that people use to the one that the options are declared with: {@code --batch-size} becomes {@code --batch_size}; a switch may be
 * written {@code --x}, {@code --nox}, {@code --no_x}, {@code --x=False} or {@code --x=0}, as absl flags may, and becomes {@code --x=true} or {@code --x=false}.
 */
final class FlagSpelling {

    private static final Set<String> TRUE_WORDS = Set.of("true", "t", "1", "yes", "y");
    private static final Set<String> FALSE_WORDS = Set.of("false", "f", "0", "no", "n");

    private final CommandLine command;
    private final Map<String, OptionSpec> options;
    private final Map<String, String> refused;

    /** @param refused flags that the command does not take, by declared spelling, with the sentence that says so */
    FlagSpelling(CommandLine command, Map<String, String> refused) {
        this.command = command;
        this.options = command.getCommandSpec().optionsMap();
        this.refused = refused;
    }

    /** Every argument in its declared spelling; what is no flag of the command stays as it is. Nothing after a lone {@code --} is touched. */
    List<String> normalise(List<String> arguments) {
        List<String> normalised = new ArrayList<>(arguments.size());
        int end = arguments.contains("--") ? arguments.indexOf("--") : arguments.size();
        for (String argument : arguments.subList(0, end)) {
            String spelled = argument.startsWith("--") ? flag(argument) : argument;
            if (spelled != null) {
                normalised.add(spelled);
            }
        }
        normalised.addAll(arguments.subList(end, arguments.size()));
        return normalised;
    }

    /** Null for a switch that is off unless it is named. */
    private String flag(String argument) {
        int equals = argument.indexOf('=');
        String given = equals < 0 ? argument : argument.substring(0, equals);
        String value = equals < 0 ? null : argument.substring(equals + 1);
        String name = "--" + given.substring(2).replace('-', '_');
        OptionSpec option = options.get(name);
        String refusal = option == null ? refused.getOrDefault(name, refused.get(positive(name))) : null;
        if (refusal != null) {
            throw new ParameterException(command, given + ": " + refusal);
        }
        if (option == null && isSwitch(options.get(positive(name)))) {
            if (value != null) {
                throw new ParameterException(command, given + " takes no value, but got '" + value + "'; say " + positive(name) + "=" + value);
            }
            return switched(options.get(positive(name)), false);
        }
        if (isSwitch(option)) {
            return switched(option, value == null || truth(given, value));
        }
        return value == null ? name : name + "=" + value;
    }

    private static String switched(OptionSpec option, boolean on) {
        if (option.arity().max() > 0) {
            return option.longestName() + "=" + on;
        }
        return on ? option.longestName() : null;
    }

    private boolean truth(String given, String value) {
        String word = value.toLowerCase(Locale.ROOT);
        if (!TRUE_WORDS.contains(word) && !FALSE_WORDS.contains(word)) {
            throw new ParameterException(command, given + "=" + value + ": must be true or false");
        }
        return TRUE_WORDS.contains(word);
    }

    /** {@code --x} for {@code --nox} and {@code --no_x}; some other text for anything else. */
    private static String positive(String name) {
        return name.startsWith("--no_") ? "--" + name.substring(5) : name.startsWith("--no") ? "--" + name.substring(4) : name;
    }

    private static boolean isSwitch(OptionSpec option) {
        return option != null && !option.usageHelp() && !option.versionHelp() && (option.type() == boolean.class || option.type() == Boolean.class);
    }
}
