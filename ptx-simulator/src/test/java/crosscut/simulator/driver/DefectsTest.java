package crosscut.simulator.driver;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.check.FindingKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels of {@code src/test/cuda}, each with one defect: every one is reported with its line, and the control is silent. */
class DefectsTest {

    private static final Path SOURCES = Path.of("src/test/cuda");
    private static final int COUNT = 256;
    private static final long BYTES = 4L * COUNT;
    private static final int ONE = Float.floatToRawIntBits(1);

    /** A launch that shows a defect. */
    private record Defect(String family, String kernel, FindingKind kind, int blocks, int threads, int sharedBytes, Function<DriverFixture,
            Object[]> arguments) {

        @Override
        public String toString() {
            return kernel;
        }

        /** The line whose comment names the defect; of a race it may be the one or the other side. */
        String expectedPlace() throws IOException {
            List<String> lines = Files.readAllLines(SOURCES.resolve(family + ".cu"));
            for (int number = 1; number <= lines.size(); number++) {
                if (lines.get(number - 1).endsWith("// defect " + kernel)) {
                    return family + ".cu:" + number;
                }
            }
            throw new AssertionError(kernel + " has no line with a defect");
        }
    }

    private static long floats(DriverFixture driver, long count) {
        long address = driver.allocate(4 * count);
        driver.fill(address, ONE, count, 0);
        return address;
    }

    private static long ints(DriverFixture driver, int value) {
        long address = driver.allocate(BYTES);
        driver.fill(address, value, COUNT, 0);
        return address;
    }

    /** Pinned memory of the host, as kernels see it. */
    private static long mapped(DriverFixture driver) {
        return driver.calls.make("cuMemHostGetDevicePointer_v2", driver.pinned(BYTES), 0);
    }

    private static Object[] inAndOut(DriverFixture driver) {
        return new Object[] {floats(driver, COUNT), driver.allocate(BYTES)};
    }

    private static Object[] inOutAndCount(DriverFixture driver, int count) {
        return new Object[] {floats(driver, COUNT), driver.allocate(BYTES), count};
    }

    private static long freed(DriverFixture driver) {
        long address = floats(driver, COUNT);
        driver.calls.succeed("cuMemFree_v2", address);
        return address;
    }

    static Stream<Defect> defects() {
        return Stream.of(bounds(), initialisation(), races(), barriers()).flatMap(Function.identity());
    }

    private static Stream<Defect> bounds() {
        return Stream.of(
                new Defect("bounds", "read_past_end", FindingKind.FAULT, 2, 128, 0, driver -> inOutAndCount(driver, COUNT)),
                new Defect("bounds", "write_past_end", FindingKind.FAULT, 3, 128, 0, driver -> inOutAndCount(driver, COUNT)),
                new Defect("bounds", "read_before_start", FindingKind.FAULT, 2, 128, 0, driver -> inOutAndCount(driver, COUNT)),
                new Defect("bounds", "misaligned_vector", FindingKind.FAULT, 1, 64, 0, driver -> inOutAndCount(driver, COUNT)),
                new Defect("bounds", "scale", FindingKind.FAULT, 2, 128, 0, driver -> new Object[] {freed(driver), driver.allocate(BYTES), COUNT}),
                new Defect("bounds", "scale", FindingKind.FAULT, 2, 128, 0, driver -> new Object[] {0L, driver.allocate(BYTES), COUNT}),
                new Defect("bounds", "scale", FindingKind.FAULT, 2, 128, 0, driver -> new Object[] {floats(driver, COUNT), COUNT, driver.allocate(BYTES)
                + COUNT}),
                new Defect("bounds", "read_past_end", FindingKind.FAULT, 2, 128, 0, driver -> new Object[] {mapped(driver), driver.allocate(BYTES), COUNT}),
                new Defect("bounds", "write_past_end", FindingKind.FAULT, 3, 128, 0, driver -> new Object[] {floats(driver, COUNT), mapped(driver), COUNT}),
                new Defect("bounds", "gather_unchecked", FindingKind.FAULT, 2, 128, 0,
                        driver -> new Object[] {floats(driver, 40), ints(driver, 10), driver.allocate(BYTES), COUNT}),
                new Defect("bounds", "narrow_index", FindingKind.FAULT, 2, 128, 0,
                        driver -> new Object[] {floats(driver, 40), ints(driver, 50_000), driver.allocate(BYTES), 50_000, COUNT}),
                new Defect("bounds", "shared_past_end", FindingKind.FAULT, 1, 128, 4 * 128, driver -> inOutAndCount(driver, COUNT)),
                new Defect("bounds", "division_by_zero", FindingKind.FAULT, 2, 128, 0, driver -> new Object[] {ints(driver, 0), driver.allocate(BYTES),
                COUNT}));
    }

    private static Stream<Defect> initialisation() {
        return Stream.of(
                new Defect("initialisation", "count_positive", FindingKind.UNINITIALISED, 2, 128, 0, driver -> inOutAndCount(driver, COUNT)),
                new Defect("initialisation", "sum_of_four_warps", FindingKind.UNINITIALISED, 1, 96, 0, DefectsTest::inAndOut));
    }

    private static Stream<Defect> races() {
        return Stream.of(
                new Defect("races", "missing_barrier_before_read", FindingKind.RACE, 1, COUNT, 0, DefectsTest::inAndOut),
                new Defect("races", "missing_barrier_before_write", FindingKind.RACE, 1, COUNT, 0, driver -> new Object[] {floats(driver, 512),
                driver.allocate(BYTES), 2}),
                new Defect("races", "lost_update", FindingKind.RACE, 2, 128, 0,
                        driver -> new Object[] {ints(driver, 3), floats(driver, COUNT), floats(driver, COUNT), COUNT}),
                new Defect("races", "blocks_store_one_cell", FindingKind.RACE, 2, 32, 0, DefectsTest::inAndOut),
                new Defect("races", "warp_synchronous", FindingKind.RACE, 1, 32, 0, DefectsTest::inAndOut),
                new Defect("races", "lost_update", FindingKind.RACE, 2, 128, 0,
                        driver -> new Object[] {ints(driver, 3), floats(driver, COUNT), mapped(driver), COUNT}),
                new Defect("races", "reads_neighbour_block", FindingKind.RACE, 2, 64, 0, DefectsTest::inAndOut),
                new Defect("races", "plain_store_beside_atomic", FindingKind.RACE, 2, 64, 0, driver -> new Object[] {ints(driver, 0), 128}));
    }

    private static Stream<Defect> barriers() {
        return Stream.of(
                new Defect("barriers", "divergent_barrier", FindingKind.BARRIER, 1, 64, 0, DefectsTest::inAndOut),
                new Defect("barriers", "return_before_barrier", FindingKind.BARRIER, 1, 64, 0, driver -> inOutAndCount(driver, 40)),
                new Defect("barriers", "shuffle_of_absent_lanes", FindingKind.SHUFFLE, 1, 32, 0, DefectsTest::inAndOut),
                new Defect("barriers", "endless_loop", FindingKind.FAULT, 1, 32, 0, driver -> new Object[] {ints(driver, 0)}));
    }

    @ParameterizedTest
    @MethodSource("defects")
    void isReportedWithItsLine(Defect defect) throws IOException {
        try (DriverFixture driver = new DriverFixture()) {
            long function = driver.function(family(defect.family()), defect.kernel());
            driver.launch(function, defect.blocks(), defect.threads(), defect.sharedBytes(), 0, defect.arguments().apply(driver));
            driver.calls.status("cuCtxSynchronize");
            assertThat(Findings.of(driver.cuda, defect.kind())).as(() -> driver.cuda.findings().all().toString())
                    .anySatisfy(finding -> assertThat(finding).contains(defect.expectedPlace() + ","));
        }
    }

    private static String family(String family) throws IOException {
        return new String(DefectsTest.class.getResourceAsStream("/crosscut/simulator/defects/" + family + ".ptx").readAllBytes());
    }

    /** As on a GPU the launch itself succeeds, and every later call fails with what it came to. */
    @ParameterizedTest
    @CsvSource({"read_past_end, 700", "misaligned_vector, 716", "division_by_zero, 719"})
    void aFaultStays(String kernel, int status) throws IOException {
        try (DriverFixture driver = new DriverFixture()) {
            long in = kernel.equals("division_by_zero") ? ints(driver, 0) : floats(driver, COUNT);
            driver.launch(driver.function(family("bounds"), kernel), 2, 128, 0, 0, in, driver.allocate(BYTES), COUNT);
            assertThat(driver.calls.status("cuCtxSynchronize")).isEqualTo(status);
            assertThat(driver.calls.status("cuMemAlloc_v2", driver.calls.cell(), 4L)).isEqualTo(status);
            assertThat(driver.cuda.lastError().orElseThrow()).contains("an earlier operation failed: kernel " + kernel, "bounds.cu:");
        }
    }

    @Test
    void theControlIsSilent() throws IOException {
        try (DriverFixture driver = new DriverFixture()) {
            long out = driver.allocate(16);
            long counter = driver.filled(4);
            long function = driver.function(family("control"), "reverse_and_sum");
            driver.launch(function, 4, COUNT, 0, 0, floats(driver, 3000), out, counter, 3, 3000);
            driver.calls.succeed("cuCtxSynchronize");
            assertThat(driver.read(counter)).isEqualTo(4);
            assertThat(Float.intBitsToFloat(driver.read(out))).isEqualTo(768);
            assertThat(driver.cuda.findings().all()).isEmpty();
        }
    }

    @Test
    void outputThatWasNotWrittenIsSeenWhenItIsCopiedToTheHost() throws IOException {
        try (DriverFixture driver = new DriverFixture()) {
            long out = driver.allocate(BYTES);
            driver.launch(driver.function(family("initialisation"), "add_one"), 1, 128, 0, 0, floats(driver, COUNT), out, COUNT);
            driver.calls.succeed("cuMemcpyDtoH_v2", driver.calls.bytes(BYTES), out, BYTES);
            assertThat(Findings.of(driver.cuda, FindingKind.UNINITIALISED)).singleElement().asString().contains("byte 512 of device allocation 1");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kernelsOfTwoStreamsThatNothingOrdersAreReported(boolean inHostMemory) throws IOException {
        try (DriverFixture driver = new DriverFixture()) {
            long function = driver.function(family("initialisation"), "add_one");
            long middle = inHostMemory ? mapped(driver) : driver.allocate(BYTES);
            long in = floats(driver, COUNT);
            driver.calls.succeed("cuCtxSynchronize");
            driver.launch(function, 2, 128, 0, driver.stream(), in, middle, COUNT);
            driver.launch(function, 2, 128, 0, driver.stream(), middle, driver.allocate(BYTES), COUNT);
            assertThat(Findings.of(driver.cuda, FindingKind.MISSING_WAIT)).singleElement().asString()
                    .contains("kernel add_one in stream 2 reads", "kernel add_one in stream 1 writes");
        }
    }

    @Test
    void theCommittedPtxWasMadeFromItsSource() throws Exception {
        for (String family : List.of("bounds", "initialisation", "races", "barriers", "control")) {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(SOURCES.resolve(family + ".cu")));
            assertThat(family(family)).as(family).startsWith("// crosscut " + family + ".cu sha256 " + HexFormat.of().formatHex(hash));
        }
    }
}
