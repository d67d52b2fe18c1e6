package crosscut.kernels.cuda;

import crosscut.simulator.Simulator;
import crosscut.simulator.SimulatorOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The PTX that is shipped is what the CUDA sources say; every GPU generation can run it without spilling registers to memory, and so can the simulator. */
final class ShippedPtxTest {

    private static final Path SOURCES = Path.of("src/main/cuda");
    private static final Path SHIPPED = Path.of("src/main/resources/crosscut/kernels/cuda");
    private static final Pattern INCLUDE = Pattern.compile("^#include \"(.*)\"$", Pattern.MULTILINE);
    private static final Pattern RELEASE = Pattern.compile("Cuda compilation tools, release .*, (.*)");

    static List<String> families() {
        return List.copyOf(names(SOURCES, ".cu"));
    }

    private static Set<String> names(Path folder, String ending) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length())).collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everySourceHasItsPtxAndNothingElseIsThere() {
        assertThat(names(SHIPPED, ".ptx")).isEqualTo(names(SOURCES, ".cu")).isNotEmpty();
        assertThat(names(SOURCES.resolve("registers"), ".txt")).isEqualTo(names(SOURCES, ".cu"));
    }

    @ParameterizedTest
    @MethodSource("families")
    void wasMadeFromItsSource(String family) throws IOException {
        assertThat(Files.readString(ptx(family)).lines().findFirst())
                .as("kernels/src/main/cuda/compile %s makes the PTX again", family)
                .hasValue("// crosscut " + family + ".cu sha256 " + hash(family));
    }

    @ParameterizedTest
    @MethodSource("families")
    void compilingAgainGivesTheSameText(String family, @TempDir Path folder) throws IOException, InterruptedException {
        String shippedBy = Files.readString(ptx(family)).lines().skip(1).findFirst().orElseThrow();
        assumeThat("// nvcc " + release("nvcc")).as("the compiler of this machine, and the one that made the PTX").isEqualTo(shippedBy);
        run(SOURCES, "./compile", "--output", folder.toAbsolutePath().toString(), family);
        assertThat(folder.resolve(family + ".ptx")).hasSameTextualContentAs(ptx(family));
    }

    @ParameterizedTest
    @MethodSource("families")
    void isAssembledForEveryGenerationWithoutSpills(String family) throws IOException, InterruptedException {
        assumeThat(release("ptxas")).as("the release of ptxas on this machine").isNotEmpty();
        List<String> actual = run(SOURCES, "./assemble", ptx(family).toAbsolutePath().toString()).lines().toList();
        List<String> listed = Files.readAllLines(SOURCES.resolve("registers").resolve(family + ".txt"));
        // Another release may need other numbers of registers; it must not spill either.
        if (actual.getFirst().equals(listed.getFirst())) {
            assertThat(actual).as("kernels/src/main/cuda/compile %s writes the table again", family).isEqualTo(listed);
        } else {
            assertThat(actual.stream().skip(2).map(line -> line.split(" ")[0])).containsExactlyElementsOf(kernels(family));
        }
    }

    /** Knows every instruction in it, that is: an unknown form would be refused. */
    @ParameterizedTest
    @MethodSource("families")
    void isKnownToTheSimulator(String family) throws IOException {
        try (Simulator simulator = new Simulator(SimulatorOptions.defaults())) {
            assertThat(simulator.load(Files.readString(ptx(family))).kernelNames()).containsExactlyInAnyOrderElementsOf(kernels(family));
        }
    }

    private static Path ptx(String family) {
        return SHIPPED.resolve(family + ".ptx");
    }

    private static Set<String> kernels(String family) throws IOException {
        Matcher matcher = Pattern.compile("\\.visible \\.entry (\\w+)").matcher(Files.readString(ptx(family)));
        return matcher.results().map(result -> result.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    /** SHA-256 over the source and what it includes, each once, in the order in which {@code compile} finds them. */
    private static String hash(String family) throws IOException {
        List<String> files = new ArrayList<>(List.of(family + ".cu"));
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int index = 0; index < files.size(); index++) {
                byte[] bytes = Files.readAllBytes(SOURCES.resolve(files.get(index)));
                digest.update(bytes);
                INCLUDE.matcher(new String(bytes, StandardCharsets.UTF_8)).results().map(result -> result.group(1))
                        .filter(header -> !files.contains(header)).forEach(files::add);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The release of a tool of the CUDA toolkit, empty where it is not installed. */
    private static String release(String tool) throws InterruptedException {
        try {
            Matcher matcher = RELEASE.matcher(run(SOURCES, tool, "--version"));
            return matcher.find() ? matcher.group(1) : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static String run(Path folder, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("%s ends", command[0]).isTrue();
        assertThat(process.exitValue()).as("%s: %s", String.join(" ", command), output).isZero();
        return output;
    }
}
