package crosscut.engine.preprocess.layout;

import crosscut.engine.UserException;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which rows are for training, validation and test. */
public sealed interface SplitRule {

    /** Every split has files of its own. */
    record SeparateFiles() implements SplitRule {
    }

    /** The reference's rule for Criteo's terabyte: the first half of the last training file, rounded down, is for test, the rest of it for validation. */
    record LastFileHalves() implements SplitRule {
    }

    /**
     * By row index over all files, from 0.
     *
     * @param testRemainder rows with index % modulus equal to this are for test
     * @param validationRemainder those for validation, if any; the others are for training
     */
    record RowIndexModulo(int modulus, int testRemainder, OptionalInt validationRemainder) implements SplitRule {

        public RowIndexModulo {
            requireRemainder(modulus, testRemainder);
            validationRemainder.ifPresent(remainder -> requireRemainder(modulus, remainder));
            if (validationRemainder.isPresent() && validationRemainder.getAsInt() == testRemainder) {
                throw new UserException("the split takes row_index % " + modulus + " == " + testRemainder + " for test and for validation: choose two remainders");
            }
        }

        private static void requireRemainder(int modulus, int remainder) {
            if (modulus < 2 || remainder >= modulus) {
                throw new UserException("the split row_index % " + modulus + " == " + remainder + " is never or always true: the divisor must be 2 or more and the"
                        + " remainder below it");
            }
        }
    }

    Pattern CONDITION = Pattern.compile("\\s*row_index\\s*%\\s*(\\d{1,9})\\s*==\\s*(\\d{1,9})\\s*");

    /** The split named separate_files or last_file_halves; throws {@link UserException} for any other name. */
    static SplitRule named(String name) {
        return switch (name) {
            case "separate_files" -> new SeparateFiles();
            case "last_file_halves" -> new LastFileHalves();
            default -> throw new UserException("unknown split '" + name + "': separate_files, last_file_halves, or conditions like test: row_index % 5 == 4");
        };
    }

    /** The split by conditions such as {@code row_index % 5 == 4}; {@code validation} is null for none. */
    static SplitRule byConditions(String test, String validation) {
        Matcher testMatch = match(test);
        int modulus = Integer.parseInt(testMatch.group(1));
        int testRemainder = Integer.parseInt(testMatch.group(2));
        if (validation == null) {
            return new RowIndexModulo(modulus, testRemainder, OptionalInt.empty());
        }
        Matcher validationMatch = match(validation);
        if (Integer.parseInt(validationMatch.group(1)) != modulus) {
            throw new UserException("the split conditions '" + test + "' and '" + validation + "' must divide by the same number");
        }
        return new RowIndexModulo(modulus, testRemainder, OptionalInt.of(Integer.parseInt(validationMatch.group(2))));
    }

    private static Matcher match(String condition) {
        Matcher matcher = CONDITION.matcher(condition);
        if (!matcher.matches()) {
            throw new UserException("the split condition '" + condition + "' is not of the form row_index % 5 == 4");
        }
        return matcher;
    }
}
