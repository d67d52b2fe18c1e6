package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;
import java.util.function.IntBinaryOperator;

/** Logic on predicates: all 32 lanes in one operation on masks. */
final class PredicateStep extends Step {

    private final IntBinaryOperator operator;
    private final int result;
    private final int a;
    private final int aFlip;
    private final int b;
    private final int bFlip;

    PredicateStep(PtxInstruction instruction, IntBinaryOperator operator, int result, int a, int aFlip, int b, int bFlip) {
        super(instruction);
        this.operator = operator;
        this.result = result;
        this.a = a;
        this.aFlip = aFlip;
        this.b = b;
        this.bFlip = bFlip;
    }

    /** The operator of an opcode, or null. */
    static IntBinaryOperator operator(String opcode) {
        return switch (opcode) {
            case "and" -> (x, y) -> x & y;
            case "or" -> (x, y) -> x | y;
            case "xor" -> (x, y) -> x ^ y;
            case "not" -> (x, _) -> ~x;
            case "mov" -> (x, _) -> x;
            default -> null;
        };
    }

    @Override
    void run(Warp warp, int mask) {
        int[] predicates = warp.predicates;
        int value = operator.applyAsInt(predicates[a] ^ aFlip, predicates[b] ^ bFlip);
        predicates[result] = predicates[result] & ~mask | value & mask;
    }
}
