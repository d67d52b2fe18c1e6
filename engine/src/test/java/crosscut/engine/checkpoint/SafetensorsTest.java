package crosscut.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {

    private static final int FILES = 8;

    /** A checkpoint has a file for every table: what each of them takes to be checked has to be given back at once, not when heap is collected. */
    @Test
    void checkingManyFilesTakesTheMemoryOfOne(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("table"), "123456789");
        long before = directBytes();
        for (int i = 0; i < FILES; i++) {
            // The check value of CRC-32C.
            assertThat(Safetensors.summarize(file)).isEqualTo(new Safetensors.FileSummary(9, 0xE3069283L));
        }
        assertThat(directBytes() - before).isLessThan(2L * Safetensors.BUFFER_BYTES);
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream().filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    }
}
