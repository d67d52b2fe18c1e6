package crosscut.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the compiler of the oldest supported driver makes of the PTX that is shipped. Comes with Maven, so it looks on machines without a CUDA toolkit too. */
class OldestCompilerTest {

    private static final Path SHIPPED = Path.of("src/main/resources/crosscut/kernels/cuda");
    private static final Pattern ENTRY = Pattern.compile("\\.visible \\.entry (\\w+)");

    /** Bytes per thread that it stores outside of registers, where the compiler of CUDA 13.0 needs none ({@link ShippedPtxTest}). */
    private static final Map<String, Integer> SPILLED = Map.of("adam_wide_bf16 sm_80", 8, "adam_wide_bf16 sm_90", 8, "adam_wide_f16 sm_80", 8,
            "adam_wide_f16 sm_90", 8, "update_rest sm_90", 4);

    @Test
    @Timeout(120)
    void everyKernelIsTakenAndNoOtherSpills(@TempDir Path folder) throws IOException, InterruptedException {
        Set<String> expected = new HashSet<>();
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + folder, "-cp", System.getProperty("java.class.path"), OldestCompiler.class.getName()));
        try (Stream<Path> files = Files.list(SHIPPED)) {
            for (Path file : files.sorted().toList()) {
                command.add(file.toString());
                for (String generation : OldestCompiler.GENERATIONS) {
                    ENTRY.matcher(Files.readString(file)).results().forEach(entry -> expected.add(entry.group(1) + " " + generation));
                }
            }
        }
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        assertThat(compiler.waitFor()).as("%s", lines).isZero();
        assertThat(lines.getFirst()).isEqualTo("version 12.0");
        Set<String> compiled = new HashSet<>();
        Map<String, Integer> spilled = new TreeMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] facts = line.split(" ");
            compiled.add(facts[0] + " " + facts[1]);
            if (!facts[3].equals("0")) {
                spilled.put(facts[0] + " " + facts[1], Integer.parseInt(facts[3]));
            }
        }
        assertThat(compiled).isEqualTo(expected);
        assertThat(spilled).isEqualTo(SPILLED);
    }
}
