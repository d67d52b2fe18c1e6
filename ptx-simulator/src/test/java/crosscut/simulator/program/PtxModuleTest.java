package crosscut.simulator.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.simulator.Simulator;
import crosscut.simulator.SimulatorOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is PTX, and what becomes of a text that is not. */
class PtxModuleTest {

    private static final String TEXT = """
            // a comment
            .version 7.2
            .target sm_80
            .address_size 64
            .file 1 "folder/gather.cu"
            .extern .shared .align 16 .b8 dynamic[];
            .global .align 4 .u32 numbers[3] = {1, 2, 3};
            .visible .entry gather(.param .u64 ids, .param .u32 rows, .param .f64 scale)
            .maxntid 256, 1, 1
            {
                .reg .pred %p<2>;
                .reg .b32 %r<5>;
                .reg .b64 %q<5>;
                .shared .align 4 .b8 sums[100];
                .loc 1 17 3
                mov.u32 %r1, %tid.x;
                setp.eq.s32 %p1, %r1, 0;
                @%p1 bra $L__BB0_2;
                .loc 1 20 3, function_name $L__info_string0, inlined_at 1 18 5
                { .reg .b32 %inner; mov.b32 %inner, %r1; add.s32 %r2, %inner, 1; }
            $L__BB0_2:
                mov.u32 %r3, dynamic;
                mov.u32 %r4, sums;
                ret;
            }
            """;

    @Test
    void kernelsParametersAndSourceLines() {
        PtxModule module = PtxModule.parse(TEXT);
        assertThat(module.version()).isEqualTo("7.2");
        assertThat(module.target()).isEqualTo("sm_80");
        PtxKernel kernel = module.find("gather").orElseThrow();
        assertThat(kernel.parameters()).containsExactly(new PtxParameter("ids", 0, 8), new PtxParameter("rows", 8, 4), new PtxParameter("scale", 16, 8));
        assertThat(kernel.parameterBytes()).isEqualTo(24);
        assertThat(kernel.maximumThreads()).isEqualTo(256);
        assertThat(kernel.staticSharedBytes()).isEqualTo(100);
        List<PtxInstruction> instructions = kernel.instructions();
        assertThat(instructions).hasSize(8);
        assertThat(instructions.getFirst().source()).hasToString("gather.cu:17");
        assertThat(instructions.get(3).source()).hasToString("gather.cu:18");
        assertThat(instructions.getFirst().line()).isEqualTo(16);
        assertThat(kernel.target(instructions.get(2), "$L__BB0_2")).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "mov.u32 %r1, %tid.x;         | mov.u32 %r9, %tid.x;      | 16 | %r9",
        "mov.u32 %r1, %tid.x;         | mov.u32 %r1, %clock;      | 16 | no register %clock",
        "mov.u32 %r1, %tid.x;         | wgmma.fence.sync.aligned; | 16 | wgmma.fence.sync.aligned",
        "setp.eq.s32 %p1, %r1, 0;     | setp.approx.s32 %p1, %r1, 0; | 17 | setp.approx.s32",
        "setp.eq.s32 %p1, %r1, 0;     | add.sat.s32 %r1, %r1, 0;  | 17 | add.sat.s32",
        "@%p1 bra $L__BB0_2;          | @%p1 bra $L__BB0_9;       | 18 | $L__BB0_9",
        "@%p1 bra $L__BB0_2;          | @%r1 bra $L__BB0_2;       | 18 | ",
        "mov.u32 %r4, sums;           | mov.u32 %r4, sum;         | 23 | sum",
        ".maxntid 256, 1, 1           | .bound 256                | 9  | .bound",
        ".shared .align 4 .b8 sums[100]; | .surface .b8 s;        | 14 | .surface",
        "mov.u32 %r4, sums;           | ld.global.v3.u32 %r4, [%q1]; | 23 | ld.global.v3.u32",
        "mov.u32 %r4, sums;           | mov.u32 %q1, sums;        | 23 | mov.u32"})
    void whatItDoesNotKnowIsAnErrorWithItsLine(String before, String after, int line, String mentioned) {
        assertThat(TEXT).contains(before);
        try (Simulator simulator = new Simulator(SimulatorOptions.defaults())) {
            assertThatThrownBy(() -> simulator.load(TEXT.replace(before, after))).isInstanceOfSatisfying(PtxSyntaxException.class,
                    thrown -> assertThat(thrown.line()).isEqualTo(line)).hasMessageContaining(mentioned == null ? "" : mentioned);
        }
    }

    @Test
    void textsThatAreNotPtx() {
        assertThatThrownBy(() -> PtxModule.parse("")).isInstanceOf(PtxSyntaxException.class).hasMessageContaining("this is not PTX");
        assertThatThrownBy(() -> PtxModule.parse("\u007fELF")).isInstanceOf(PtxSyntaxException.class);
        assertThatThrownBy(() -> PtxModule.parse(TEXT.substring(0, TEXT.length() - 3))).isInstanceOf(PtxSyntaxException.class);
    }

    /** Texts with characters or lines taken out, doubled or moved are read or refused; nothing else comes of them. */
    @Test
    void damagedTextsAreReadOrRefused() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            List<String> lines = new ArrayList<>(TEXT.lines().toList());
            int at = random.nextInt(lines.size());
            switch (random.nextInt(4)) {
                case 0 -> lines.remove(at);
                case 1 -> lines.add(random.nextInt(lines.size()), lines.get(at));
                case 2 -> lines.set(at, lines.get(at).substring(random.nextInt(lines.get(at).length() + 1)));
                default -> {
                    StringBuilder line = new StringBuilder(lines.get(at));
                    line.insert(random.nextInt(line.length() + 1), ";{}[]@%.,:<>-1x\"".charAt(random.nextInt(16)));
                    lines.set(at, line.toString());
                }
            }
            String damaged = String.join("\n", lines);
            try (Simulator simulator = new Simulator(SimulatorOptions.defaults())) {
                assertThatCode(() -> load(simulator, damaged)).as(damaged).doesNotThrowAnyException();
            }
        }
    }

    private static void load(Simulator simulator, String text) {
        try {
            simulator.load(text);
        } catch (PtxSyntaxException refused) {
            assertThat(refused.line()).isPositive();
        }
    }
}
