package crosscut.bench;

import java.util.Locale;

/**
 * What a side of a race is told, a line of standard input.
 *
 * @param kind what to do
 * @param amount how many steps or seconds; 0 where that means nothing
 */
public record TurnCommand(Kind kind, double amount) {

    /** Kinds of commands, in lower case the first word of the line. */
    public enum Kind {
        STEPS,
        SECONDS,
        OUTPUTS,
        FACTS,
        QUIT
    }

    /** Reads a line such as {@code seconds 2.0}; the end of the input, null, is {@code quit}. */
    public static TurnCommand parse(String line) {
        if (line == null) {
            return new TurnCommand(Kind.QUIT, 0);
        }
        String[] words = line.strip().split(" ");
        try {
            return new TurnCommand(Kind.valueOf(words[0].toUpperCase(Locale.ROOT)), words.length > 1 ? Double.parseDouble(words[1]) : 0);
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("unknown command of a race: " + line, unknown);
        }
    }

    /** The line that {@link #parse} reads. */
    public String line() {
        String word = kind.name().toLowerCase(Locale.ROOT);
        return switch (kind) {
            case STEPS -> word + " " + (long) amount;
            case SECONDS -> word + " " + amount;
            default -> word;
        };
    }
}
