package crosscut.simulator.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.DynamicTest;

/** An instruction, and what it does to three numbers in Java. */
final class InstructionCase {

    private static final int ROUNDS = 30;

    /** The expected result of one lane. */
    @FunctionalInterface
    interface Expected {
        long of(long a, long b, long c);
    }

    private InstructionCase() {
    }

    /** A test whose results must have the same bits. */
    static DynamicTest exact(String name, LaneProgram program, Expected expected) {
        return test(name, program, expected, (actual, wanted) -> actual == wanted);
    }

    /** A test whose fp32 results may be any NaN where a NaN is expected. */
    static DynamicTest single(String name, LaneProgram program, Expected expected) {
        return test(name, program, (a, b, c) -> expected.of(a, b, c) & 0xFFFFFFFFL, (actual, wanted) -> actual == wanted
                || Float.isNaN(Float.intBitsToFloat((int) actual)) && Float.isNaN(Float.intBitsToFloat((int) wanted)));
    }

    /** A test whose fp64 results may be any NaN where a NaN is expected. */
    static DynamicTest dual(String name, LaneProgram program, Expected expected) {
        return test(name, program, expected, (actual, wanted) -> actual == wanted
                || Double.isNaN(Double.longBitsToDouble(actual)) && Double.isNaN(Double.longBitsToDouble(wanted)));
    }

    @FunctionalInterface
    private interface Agreement {
        boolean holds(long actual, long wanted);
    }

    private static DynamicTest test(String name, LaneProgram program, Expected expected, Agreement agreement) {
        return DynamicTest.dynamicTest(name, () -> {
            Random random = new Random(name.hashCode());
            for (int round = 0; round < ROUNDS; round++) {
                long[] inputs = LaneProgram.inputs(random);
                long[] results = program.run(inputs);
                for (int lane = 0; lane < LaneProgram.LANES; lane++) {
                    long a = inputs[3 * lane];
                    long b = inputs[3 * lane + 1];
                    long c = inputs[3 * lane + 2];
                    assertThat(agreement.holds(results[lane], expected.of(a, b, c)))
                            .as("%s of %x, %x, %x is %x, expected %x", name, a, b, c, results[lane], expected.of(a, b, c)).isTrue();
                }
            }
        });
    }
}
