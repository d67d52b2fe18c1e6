package crosscut.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxKernel;
import crosscut.simulator.program.PtxModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What can be said without a GPU of the kernels that a training step at the reference's size spends its time in: how wide they read and write memory, that
 * they need no memory of their own beside it, and how many warps of them a multiprocessor holds at once.
 */
final class HotKernelPtxTest {

    /**
     * Global loads and stores in the PTX as "number x bytes", and the least share in percent of a multiprocessor's warps on sm_80, sm_90, sm_100 and sm_120.
     * Narrow accesses beside wide ones are arguments read from tables (8 bytes each), factors of rows, keys, and the ends of arrays. Half precision moves 8
     * bytes where a lane moves four numbers that are fp32 on the other side: gather, gradients of rows, the copy of dense weights.
     */
    private static final String EXPECTED = """
            gather_single4_f32         | 4x16 3x8 4x4        | 4x16             | 50 50 50 66
            forward_wide_f32           | 3x16                | 1x16             | 75 75 75 75
            product_gradient_wide_f32  | 2x16                | 1x16             | 75 75 75 75
            input_gradient_3_wide_f32  | 9x16 12x8 12x4      | 1x16             | 75 75 75 75
            dot_wide_f32               | 6x16 3x4            | 1x4              | 75 75 75 75
            last_layer_wide_f32        | 12x16 15x4          | 6x16 1x8 14x4    | 50 50 50 66
            check_finite_wide_f32      | 1x16                |                  | 75 75 75 75
            update_chunks_f32          | 19x16 85x8 70x4     | 21x16 29x4       | 37 37 37 50
            adam_wide_none             | 4x16 7x4            | 3x16 3x4         | 75 75 75 75
            gather_single4_f16         | 4x16 4x8 3x4        | 4x8              | 50 50 50 66
            forward_wide_f16           | 3x16                | 1x16             | 75 75 75 75
            product_gradient_wide_f16  | 2x16                | 1x16             | 75 75 75 75
            input_gradient_3_wide_f16  | 9x16 12x8 24x2      | 1x16             | 75 75 75 75
            dot_wide_f16               | 6x16 1x4 2x2        | 1x2              | 75 75 75 75
            last_layer_wide_f16        | 12x16 3x4 12x2      | 6x16 1x8 10x4 8x2 | 50 50 50 66
            update_chunks_f16          | 15x16 89x8 66x4 4x2 | 21x16 29x4       | 37 37 37 50
            adam_wide_f16              | 4x16 7x4            | 3x16 1x8 3x4 1x2 | 75 75 75 75
            gather_single4_bf16        | 4x16 4x8 3x4        | 4x8              | 50 50 50 66
            forward_wide_bf16          | 3x16                | 1x16             | 75 75 75 75
            product_gradient_wide_bf16 | 2x16                | 1x16             | 75 75 75 75
            input_gradient_3_wide_bf16 | 9x16 12x8 24x2      | 1x16             | 75 75 75 75
            dot_wide_bf16              | 6x16 1x4 2x2        | 1x2              | 75 75 75 75
            last_layer_wide_bf16       | 12x16 3x4 12x2      | 6x16 1x8 10x4 8x2 | 50 50 50 66
            update_chunks_bf16         | 15x16 89x8 66x4 4x2 | 21x16 29x4       | 37 37 37 50
            adam_wide_bf16             | 4x16 7x4            | 3x16 1x8 3x4 1x2 | 75 75 75 75
            last_layer_sums            | 5x8 9x4             | 2x4              | 75 75 75 75
            update_groups              | 20x16 63x8 70x4     | 5x16 73x4        | 25 25 25 33
            update_rest                | 5x16 25x8 22x4      | 16x4             | 62 62 62 75
            count_digits_of_ids        | 20x8 16x4           | 5x4              | 75 75 75 75
            count_digits_of_pairs      | 4x4                 | 5x4              | 75 75 75 75
            move_ids                   | 80x8 74x4           | 16x8             | 25 25 25 33
            move_pairs                 | 16x8 10x4           | 16x8             | 25 25 25 33
            """;

    private static final Path PTX = Path.of("src/main/resources/crosscut/kernels/cuda");
    private static final Path REGISTERS = Path.of("src/main/cuda/registers");
    private static final int WARP = 32;

    /** What a multiprocessor holds at once, by the tables of NVIDIA's programming guide. */
    private enum Generation {
        SM_80(64, 32, 164), SM_90(64, 32, 228), SM_100(64, 32, 228), SM_120(48, 24, 100);

        private static final int REGISTERS = 65_536;

        /** Registers are handed out in this many per warp. */
        private static final int REGISTER_UNIT = 256;

        /** Shared memory that the system takes of each block. */
        private static final int RESERVED_SHARED = 1024;

        private final int warps;
        private final int blocks;
        private final int sharedBytes;

        Generation(int warps, int blocks, int sharedKib) {
            this.warps = warps;
            this.blocks = blocks;
            this.sharedBytes = sharedKib * 1024;
        }

        /** Resident warps in percent of the most there can be. */
        int occupancy(int threads, int registersPerThread, int shared) {
            int warpsPerBlock = Math.ceilDiv(threads, WARP);
            int registersPerWarp = Math.ceilDiv(registersPerThread * WARP, REGISTER_UNIT) * REGISTER_UNIT;
            int resident = Math.min(Math.min(blocks, warps / warpsPerBlock), Math.min(REGISTERS / registersPerWarp / warpsPerBlock,
                    sharedBytes / (shared + RESERVED_SHARED)));
            return 100 * resident * warpsPerBlock / warps;
        }
    }

    /** A line of {@link #EXPECTED}. */
    private record Expectation(String kernel, String loads, String stores, List<Integer> leastOccupancies) {

        static Expectation of(String line) {
            String[] cells = line.split("\\|");
            return new Expectation(cells[0].strip(), cells[1].strip(), cells[2].strip(),
                    Arrays.stream(cells[3].strip().split(" +")).map(Integer::parseInt).toList());
        }

        @Override
        public String toString() {
            return kernel;
        }
    }

    private static final Map<String, PtxKernel> KERNELS = kernels();
    private static final Map<String, List<Integer>> TAKEN = registers();

    private static Map<String, PtxKernel> kernels() {
        return files(PTX, ".ptx").flatMap(file -> PtxModule.parse(read(file)).kernels().stream()).collect(Collectors.toMap(PtxKernel::name, kernel -> kernel));
    }

    /** By kernel: registers of each generation, then bytes of shared memory. */
    private static Map<String, List<Integer>> registers() {
        return files(REGISTERS, ".txt").flatMap(file -> read(file).lines()).filter(line -> !line.startsWith("#")).map(line -> line.split(" "))
                .collect(Collectors.toMap(cells -> cells[0], cells -> Arrays.stream(cells).skip(1).map(Integer::parseInt).toList()));
    }

    private static Stream<Path> files(Path folder, String ending) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Expectation> hotKernels() {
        return EXPECTED.lines().map(Expectation::of).toList();
    }

    @ParameterizedTest
    @MethodSource("hotKernels")
    void movesMemoryAsWideAsExpected(Expectation expected) {
        PtxKernel kernel = KERNELS.get(expected.kernel());
        assertThat(kernel).as("kernel %s", expected.kernel()).isNotNull();
        assertThat(accesses(kernel, "ld")).as("global loads of %s", expected.kernel()).isEqualTo(expected.loads());
        assertThat(accesses(kernel, "st")).as("global stores of %s", expected.kernel()).isEqualTo(expected.stores());
    }

    /** Loads or stores by their bytes, the widest first. */
    private static String accesses(PtxKernel kernel, String opcode) {
        Map<Integer, Long> byWidth = kernel.instructions().stream().filter(instruction -> instruction.opcode().equals(opcode) && instruction.has("global"))
                .collect(Collectors.groupingBy(HotKernelPtxTest::bytes, () -> new TreeMap<>(Collections.reverseOrder()), Collectors.counting()));
        return byWidth.entrySet().stream().map(entry -> entry.getValue() + "x" + entry.getKey()).collect(Collectors.joining(" "));
    }

    private static int bytes(PtxInstruction access) {
        return access.type().byteSize() * (access.has("v4") ? 4 : access.has("v2") ? 2 : 1);
    }

    @ParameterizedTest
    @MethodSource("hotKernels")
    void fillsMultiprocessors(Expectation expected) {
        List<Integer> least = expected.leastOccupancies();
        List<Integer> actual = occupancies(expected.kernel());
        for (Generation generation : Generation.values()) {
            assertThat(actual.get(generation.ordinal())).as("percent of the warps of %s with %s", generation, expected.kernel())
                    .isGreaterThanOrEqualTo(least.get(generation.ordinal()));
        }
    }

    private static List<Integer> occupancies(String kernel) {
        List<Integer> taken = TAKEN.get(kernel);
        return Arrays.stream(Generation.values())
                .map(generation -> generation.occupancy(KERNELS.get(kernel).maximumThreads(), taken.get(generation.ordinal()), taken.getLast())).toList();
    }

    /** Of all kernels, hot or not. That assembling spills nothing either is {@link ShippedPtxTest}'s. */
    @Test
    void noKernelNeedsLocalMemory() {
        assertThat(KERNELS.values())
                .filteredOn(kernel -> kernel.localBytes() > 0 || kernel.instructions().stream().anyMatch(each -> each.has("local"))).isEmpty();
    }

    @Test
    void blocksAreAsLargeAsTheHostLaunches() {
        assertThat(hotKernels()).allSatisfy(expected -> assertThat(KERNELS.get(expected.kernel()).maximumThreads()).as(expected.kernel()).isEqualTo(256));
    }

    @Test
    void printsTheTable() {
        String line = "%-30s %-22s %-22s %-20s %6s  %s%n";
        System.out.printf(line, "kernel", "loads", "stores", "registers", "shared", "% of warps on sm_80, sm_90, sm_100, sm_120");
        for (Expectation expected : hotKernels()) {
            PtxKernel kernel = KERNELS.get(expected.kernel());
            List<Integer> taken = TAKEN.get(expected.kernel());
            System.out.printf(line, expected, accesses(kernel, "ld"), accesses(kernel, "st"), taken.subList(0, 4), taken.getLast(),
                    occupancies(expected.kernel()));
        }
        assertThat(hotKernels()).isNotEmpty();
    }
}
