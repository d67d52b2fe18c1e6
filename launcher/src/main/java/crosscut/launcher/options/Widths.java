package crosscut.launcher.options;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A comma-separated list of layer widths, replaced as a whole when the flag is given again. */
record Widths(List<Integer> values) {

    Widths {
        values = List.copyOf(values);
    }

    @Override
    public String toString() {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Reads "512,256,128"; empty text is the empty list. */
    static final class Converter implements ITypeConverter<Widths> {
        @Override
        public Widths convert(String text) {
            try {
                return new Widths(text.isBlank() ? List.of() : Arrays.stream(text.split(",", -1)).map(part -> Integer.valueOf(part.trim())).toList());
            } catch (NumberFormatException failure) {
                throw new TypeConversionException("must be whole numbers with commas between, such as 512,256,128");
            }
        }
    }
}
