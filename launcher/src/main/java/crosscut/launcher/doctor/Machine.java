package crosscut.launcher.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The host as Linux describes it.
 *
 * @param root where {@code proc} and {@code etc} lie: {@code /}
 */
public record Machine(Path root) {

    private static final long KIBIBYTE = 1024;
    private static final Pattern NVIDIA_VERSION = Pattern.compile("\\b\\d{3,}(\\.\\d+)+\\b");

    /** The machine that runs this. */
    public static Machine here() {
        return new Machine(Path.of("/"));
    }

    /** The processor's name, or "unknown processor" where {@code /proc/cpuinfo} does not say. */
    public String processorName() {
        return cpuinfo("model name").orElse("unknown processor");
    }

    /** The processor's instruction set flags as Linux names them ({@code avx2}, {@code avx512f}, {@code avx512_bf16}, ...); empty where unknown. */
    public Set<String> processorFlags() {
        return cpuinfo("flags").map(flags -> Set.of(flags.split(" "))).orElse(Set.of());
    }

    /** The distribution's name, such as "Debian GNU/Linux 12 (bookworm)"; empty where {@code /etc/os-release} does not say. */
    public String distribution() {
        return valueAfter("etc/os-release", "PRETTY_NAME=").map(name -> name.replace("\"", "")).orElse("");
    }

    /** Physical memory in bytes, 0 where unknown. */
    public long memoryBytes() {
        return memory("MemTotal:");
    }

    /** Memory in bytes that programs can take without swapping, 0 where unknown. */
    public long availableMemoryBytes() {
        return memory("MemAvailable:");
    }

    /** Version of the NVIDIA kernel module, such as 580.95.05; empty where there is none. */
    public String nvidiaDriver() {
        return valueAfter("proc/driver/nvidia/version", "NVRM version:").flatMap(text -> NVIDIA_VERSION.matcher(text).results().map(MatchResult::group).findFirst())
                .orElse("");
    }

    private long memory(String key) {
        return valueAfter("proc/meminfo", key).map(text -> Long.parseLong(text.replace("kB", "").trim()) * KIBIBYTE).orElse(0L);
    }

    private Optional<String> cpuinfo(String key) {
        return valueAfter("proc/cpuinfo", key).map(text -> text.substring(text.indexOf(':') + 1).trim());
    }

    private Optional<String> valueAfter(String file, String key) {
        try (Stream<String> lines = Files.lines(root.resolve(file))) {
            List<String> found = lines.filter(line -> line.startsWith(key)).limit(1).toList();
            return found.isEmpty() ? Optional.empty() : Optional.of(found.getFirst().substring(key.length()).trim());
        } catch (IOException absent) {
            return Optional.empty();
        }
    }
}
