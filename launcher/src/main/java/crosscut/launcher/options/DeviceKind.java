package crosscut.launcher.options;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The kinds of device that can be asked for. */
public enum DeviceKind {
    CPU,
    AUTO,
    CUDA,
    CUDA_SIM;

    /** True for a GPU, simulated or not. */
    public boolean isCuda() {
        return this == CUDA || this == CUDA_SIM;
    }

    /** As flags spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads the spelling of {@link #toString}. */
    static final class Converter implements ITypeConverter<DeviceKind> {

        @Override
        public DeviceKind convert(String value) {
            return Arrays.stream(values()).filter(kind -> kind.toString().equals(value.toLowerCase(Locale.ROOT).replace('_', '-'))).findFirst()
                    .orElseThrow(() -> new TypeConversionException("expected one of "
                            + Arrays.stream(values()).map(DeviceKind::toString).collect(Collectors.joining(", ")) + " but was '" + value + "'"));
        }
    }
}
