package crosscut.launcher.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {

    @Test
    void readsWhatLinuxSays(@TempDir Path root) throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("proc/cpuinfo"),
                "processor\t: 0\nmodel name\t: Tiny 1\nflags\t\t: fpu avx2 avx512f\n\nprocessor\t: 1\nmodel name\t: Tiny 2\n");
        Files.writeString(root.resolve("proc/meminfo"), "MemTotal:       2048 kB\nMemFree: 1 kB\nMemAvailable:   1024 kB\n");
        Files.writeString(root.resolve("etc/os-release"), "ID=x\nPRETTY_NAME=\"Small Linux 1\"\n");
        Machine machine = new Machine(root);
        assertThat(machine.processorName()).isEqualTo("Tiny 1");
        assertThat(machine.processorFlags()).containsExactlyInAnyOrder("fpu", "avx2", "avx512f");
        assertThat(machine.memoryBytes()).isEqualTo(2L << 20);
        assertThat(machine.availableMemoryBytes()).isEqualTo(1L << 20);
        assertThat(machine.distribution()).isEqualTo("Small Linux 1");
    }

    @Test
    void saysLittleWhereNothingIsKnown(@TempDir Path root) {
        Machine machine = new Machine(root);
        assertThat(machine.processorFlags()).isEmpty();
        assertThat(machine.memoryBytes()).isZero();
        assertThat(new Examination(machine).findings()).isNotEmpty();
    }
}
