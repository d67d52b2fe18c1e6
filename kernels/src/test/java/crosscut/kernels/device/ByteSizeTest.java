package crosscut.kernels.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({"0, 0 bytes", "1023, 1023 bytes", "1024, 1.0 KiB", "1536, 1.5 KiB", "1048576, 1.0 MiB", "3355443, 3.2 MiB", "1073741824, 1.0 GiB",
        "1125899906842624, 1048576.0 GiB"})
    void theLargestUnitIsChosen(long bytes, String text) {
        assertThat(ByteSize.text(bytes)).isEqualTo(text);
    }
}
