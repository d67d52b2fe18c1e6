package crosscut.simulator.program;

import java.util.ArrayList;
import java.util.List;

/** The words of a PTX text with their lines: names and numbers (with dots, dollars and percent signs), strings in quotes, and single punctuation characters. */
final class PtxTokens {

    private record Token(String text, int line) {}

    private static final Token END = new Token("", 0);

    private final List<Token> tokens = new ArrayList<>();
    private int position;

    PtxTokens(String source) {
        int line = 1;
        int index = 0;
        while (index < source.length()) {
            char character = source.charAt(index);
            if (character == '\n') {
                line++;
                index++;
            } else if (Character.isWhitespace(character)) {
                index++;
            } else if (source.startsWith("//", index)) {
                int end = source.indexOf('\n', index);
                index = end < 0 ? source.length() : end;
            } else if (source.startsWith("/*", index)) {
                int end = source.indexOf("*/", index);
                if (end < 0) {
                    throw new PtxSyntaxException(line, "a comment does not end");
                }
                line += (int) source.substring(index, end).chars().filter(c -> c == '\n').count();
                index = end + 2;
            } else {
                int end = endOfToken(source, index, line);
                tokens.add(new Token(source.substring(index, end), line));
                index = end;
            }
        }
    }

    private static int endOfToken(String source, int start, int line) {
        char first = source.charAt(start);
        if (first == '"') {
            int end = source.indexOf('"', start + 1);
            if (end < 0) {
                throw new PtxSyntaxException(line, "a string does not end");
            }
            return end + 1;
        }
        int end = start;
        while (end < source.length() && (isWordCharacter(source.charAt(end)) || end > start && source.startsWith("::", end))) {
            end += source.startsWith("::", end) ? 2 : 1;
        }
        return Math.max(end, start + 1);
    }

    private static boolean isWordCharacter(char character) {
        return Character.isLetterOrDigit(character) || character == '_' || character == '$' || character == '%' || character == '.';
    }

    boolean isAtEnd() {
        return position >= tokens.size();
    }

    /** The next word without taking it; empty at the end. */
    String peek() {
        return peek(0);
    }

    String peek(int ahead) {
        return position + ahead < tokens.size() ? tokens.get(position + ahead).text() : END.text();
    }

    /** Line of the next word. */
    int line() {
        return tokens.isEmpty() ? 1 : tokens.get(Math.min(position, tokens.size() - 1)).line();
    }

    String next() {
        if (isAtEnd()) {
            throw new PtxSyntaxException(line(), "the text ends in the middle of a statement");
        }
        return tokens.get(position++).text();
    }

    /** Takes the next word when it is {@code text}. */
    boolean accept(String text) {
        if (peek().equals(text)) {
            position++;
            return true;
        }
        return false;
    }

    void expect(String text) {
        if (!accept(text)) {
            throw new PtxSyntaxException(line(), "'" + text + "' expected, found '" + peek() + "'");
        }
    }

    /** A whole number, decimal, hexadecimal or octal, with an optional U and sign. */
    long integer() {
        int at = line();
        boolean negative = accept("-");
        String word = next();
        try {
            long value = Literals.integer(word);
            return negative ? -value : value;
        } catch (NumberFormatException notANumber) {
            throw new PtxSyntaxException(at, "a number expected, found '" + word + "'");
        }
    }

    /** Skips the rest of the line that the word before came from. */
    void skipLine(int ofLine) {
        while (!isAtEnd() && line() == ofLine) {
            position++;
        }
    }
}
