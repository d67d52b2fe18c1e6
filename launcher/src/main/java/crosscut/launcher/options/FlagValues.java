package crosscut.launcher.options;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Every flag of a parsed command with the value in effect, for logs. */
public final class FlagValues {

    private FlagValues() {
    }

    /** Names without dashes, in the order of the help; numbers and booleans as they are, everything else as text, null where a flag has no value. */
    public static Map<String, Object> of(CommandSpec command) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (OptionSpec option : command.options()) {
            if (!option.usageHelp() && !option.versionHelp() && !option.inherited()) {
                values.put(option.longestName().substring(2), plain(option.getValue()));
            }
        }
        return values;
    }

    private static Object plain(Object value) {
        return switch (value) {
            case null -> null;
            case Number number -> number;
            case Boolean truth -> truth;
            case Enum<?> choice -> choice.name().toLowerCase(Locale.ROOT);
            case Path path -> path.toString();
            default -> value.toString();
        };
    }
}
