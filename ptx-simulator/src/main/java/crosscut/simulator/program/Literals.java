package crosscut.simulator.program;

/** Numbers as PTX writes them. */
final class Literals {

    private static final int HEXADECIMAL = 16;
    private static final int OCTAL = 8;
    private static final int BINARY = 2;

    private Literals() {
    }

    /** True for what starts like a number. */
    static boolean isNumber(String word) {
        return !word.isEmpty() && Character.isDigit(word.charAt(0));
    }

    /** True for 0f3F800000 and 0d3FF0000000000000. */
    static boolean isFloating(String word) {
        return word.length() > 2 && word.charAt(0) == '0' && "fFdD".indexOf(word.charAt(1)) >= 0 && word.length() >= 10;
    }

    /** Bits of a floating point literal: 32 for 0f, 64 for 0d. */
    static long floatingBits(String word) {
        return Long.parseUnsignedLong(word, 2, word.length(), HEXADECIMAL);
    }

    static boolean isSingle(String word) {
        return Character.toLowerCase(word.charAt(1)) == 'f';
    }

    /** Throws {@link NumberFormatException} for anything else. */
    static long integer(String word) {
        String digits = word.endsWith("U") ? word.substring(0, word.length() - 1) : word;
        if (digits.startsWith("0x") || digits.startsWith("0X")) {
            return Long.parseUnsignedLong(digits.substring(2), HEXADECIMAL);
        }
        if (digits.startsWith("0b") || digits.startsWith("0B")) {
            return Long.parseUnsignedLong(digits.substring(2), BINARY);
        }
        return digits.length() > 1 && digits.startsWith("0") ? Long.parseUnsignedLong(digits.substring(1), OCTAL) : Long.parseUnsignedLong(digits);
    }
}
