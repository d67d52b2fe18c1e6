package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxOperand;
import crosscut.simulator.program.PtxType;

/** Makes the operations between lanes. */
final class Exchanges {

    private final Operands operands;

    Exchanges(Operands operands) {
        this.operands = operands;
    }

    /** The step of an instruction, or null when it is none of these. */
    Step find(PtxInstruction instruction) {
        String form = instruction.form();
        return switch (instruction.opcode()) {
            case "shfl" -> form.endsWith(".b32") && instruction.has("sync") ? shuffle(instruction) : null;
            case "vote" -> vote(instruction);
            case "match" -> form.startsWith("match.any.sync") || form.startsWith("match.all.sync") ? match(instruction) : null;
            case "redux" -> reduce(instruction);
            case "activemask" -> activeLanes(instruction);
            case "bar" -> form.equals("bar.warp.sync") ? new ExchangeStep(instruction, (_, _) -> { }, word(instruction, 0), true) : null;
            default -> null;
        };
    }

    private int word(PtxInstruction instruction, int operand) {
        return operands.source(instruction, instruction.operand(operand), false);
    }

    private Step activeLanes(PtxInstruction instruction) {
        int target = Operands.result(instruction, instruction.operand(0), false);
        return new RunStep(instruction, (warp, mask) -> warp.setWords(target, mask, mask));
    }

    /** {@code d|p = shfl(a, b, c)}: c holds the lanes' segments and the limit, as the manual gives it. */
    private Step shuffle(PtxInstruction instruction) {
        PtxOperand result = instruction.operand(0);
        int inRange = result instanceof PtxOperand.PairOperand pair ? pair.second().register().index() : -1;
        PtxOperand value = result instanceof PtxOperand.PairOperand pair ? pair.first() : result;
        int target = Operands.result(instruction, value, false);
        int a = word(instruction, 1);
        int b = word(instruction, 2);
        int c = word(instruction, 3);
        String mode = instruction.modifiers().get(1);
        ShuffleStep.Mode direction = switch (mode) {
            case "up" -> ShuffleStep.Mode.UP;
            case "down" -> ShuffleStep.Mode.DOWN;
            case "bfly" -> ShuffleStep.Mode.BUTTERFLY;
            case "idx" -> ShuffleStep.Mode.INDEX;
            default -> throw instruction.unsupported();
        };
        ShuffleStep shuffle = new ShuffleStep(instruction, direction, target, inRange, a, b, c);
        return new ExchangeStep(instruction, shuffle::exchange, word(instruction, 4), false);
    }

    private Step vote(PtxInstruction instruction) {
        int predicate = Operands.predicate(instruction, instruction.operand(1));
        int flip = Operands.flip(instruction.operand(1));
        int members = word(instruction, 2);
        String mode = instruction.modifiers().get(1);
        if (mode.equals("ballot")) {
            int target = Operands.result(instruction, instruction.operand(0), false);
            return new ExchangeStep(instruction, (warp, mask) -> warp.setWords(target, mask, (warp.predicates[predicate] ^ flip) & mask), members, false);
        }
        int target = Operands.predicate(instruction, instruction.operand(0));
        return new ExchangeStep(instruction, (warp, mask) -> {
            int yes = (warp.predicates[predicate] ^ flip) & mask;
            boolean answer = switch (mode) {
                case "all" -> yes == mask;
                case "any" -> yes != 0;
                case "uni" -> yes == 0 || yes == mask;
                default -> throw instruction.unsupported();
            };
            warp.setPredicate(target, mask, answer ? -1 : 0);
        }, members, false);
    }

    private Step match(PtxInstruction instruction) {
        boolean wide = instruction.type() == PtxType.B64;
        boolean any = instruction.has("any");
        PtxOperand result = instruction.operand(0);
        int same = result instanceof PtxOperand.PairOperand pair ? pair.second().register().index() : -1;
        int target = Operands.result(instruction, result instanceof PtxOperand.PairOperand pair ? pair.first() : result, false);
        int value = operands.source(instruction, instruction.operand(1), wide);
        return new ExchangeStep(instruction, (warp, mask) -> {
            int[] equal = new int[Warp.LANES];
            for (int rest = mask; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                equal[lane] = equalLanes(warp, mask, value, wide, lane);
            }
            for (int rest = mask; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                warp.words[target + lane] = any ? equal[lane] : equal[lane] == mask ? mask : 0;
            }
            if (same >= 0) {
                warp.setPredicate(same, mask, equal[Integer.numberOfTrailingZeros(mask)] == mask ? -1 : 0);
            }
        }, word(instruction, 2), false);
    }

    private static int equalLanes(Warp warp, int mask, int value, boolean wide, int lane) {
        int equal = 0;
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int other = Integer.numberOfTrailingZeros(rest);
            boolean isEqual = wide ? warp.longs[value + other] == warp.longs[value + lane] : warp.words[value + other] == warp.words[value + lane];
            equal |= isEqual ? 1 << other : 0;
        }
        return equal;
    }

    private Step reduce(PtxInstruction instruction) {
        AtomicStep.Update update = AtomicStep.update(instruction.modifiers().get(1), instruction.type());
        if (update == null || instruction.type().byteSize() != Integer.BYTES) {
            throw instruction.unsupported();
        }
        int target = Operands.result(instruction, instruction.operand(0), false);
        int value = word(instruction, 1);
        return new ExchangeStep(instruction, (warp, mask) -> {
            int first = Integer.numberOfTrailingZeros(mask);
            long result = warp.words[value + first];
            for (int rest = mask & mask - 1; rest != 0; rest &= rest - 1) {
                result = (int) update.of(result, warp.words[value + Integer.numberOfTrailingZeros(rest)], 0);
            }
            warp.setWords(target, mask, (int) result);
        }, word(instruction, 2), false);
    }
}
