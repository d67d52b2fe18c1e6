package crosscut.simulator.execution;

import crosscut.simulator.check.SimulatorFault;
import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxKernel;
import crosscut.simulator.program.PtxOperand;
import crosscut.simulator.program.PtxType;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Turns instructions into steps. Strict: a form that is in none of the tables is an error with its line. */
final class Translator {

    private static final Map<String, LaneOperation> LANE_OPERATIONS = laneOperations();

    /** Opcodes whose results are rounded to nearest even, which is what Java does. */
    private static final Set<String> ROUNDED = Set.of("add", "sub", "mul", "fma", "mad", "div", "sqrt", "rcp");

    private static final Set<String> DIVISIONS = Set.of("div", "rem");

    private final PtxKernel kernel;
    private final Operands operands;
    private final MemoryTranslator memory;
    private final Exchanges exchanges;

    Translator(PtxKernel kernel, Operands operands) {
        this.kernel = kernel;
        this.operands = operands;
        this.memory = new MemoryTranslator(operands);
        this.exchanges = new Exchanges(operands);
    }

    private static Map<String, LaneOperation> laneOperations() {
        Map<String, LaneOperation> table = new HashMap<>(IntegerOperations.table());
        table.putAll(LongOperations.table());
        table.putAll(FloatOperations.table());
        table.putAll(ConversionOperations.table());
        return table;
    }

    /**
     * The step of an instruction.
     *
     * @throws crosscut.simulator.program.PtxSyntaxException when the simulator does not execute that form
     */
    Step step(PtxInstruction instruction) {
        Step step = exchanges.find(instruction);
        if (step == null) {
            step = memory.find(instruction);
        }
        if (step == null) {
            step = control(instruction);
        }
        if (step == null) {
            step = predicates(instruction);
        }
        if (step == null) {
            step = vectors(instruction);
        }
        if (step == null) {
            step = lanes(instruction);
        }
        if (step == null) {
            throw instruction.unsupported();
        }
        return step;
    }

    private Step control(PtxInstruction instruction) {
        return switch (instruction.form()) {
            case "bra", "bra.uni" -> new BranchStep(instruction, kernel.target(instruction, ((PtxOperand.LabelOperand) instruction.operand(0)).name()));
            case "ret", "exit" -> new ExitStep(instruction);
            case "bar.sync", "barrier.sync", "barrier.sync.aligned" -> new BarrierStep(instruction, operands.source(instruction, instruction.operand(0), false),
                    instruction.operands().size() > 1 ? operands.source(instruction, instruction.operand(1), false) : -1);
            case "membar.gl", "membar.sys", "fence.acq_rel.gpu", "fence.acq_rel.sys", "fence.sc.gpu", "fence.sc.sys" ->
                    new RunStep(instruction, (warp, _) -> warp.fence());
            case "membar.cta", "fence.acq_rel.cta", "fence.sc.cta" -> new RunStep(instruction, (_, _) -> { });
            default -> null;
        };
    }

    private Step predicates(PtxInstruction instruction) {
        String last = instruction.modifiers().isEmpty() ? "" : instruction.modifiers().getLast();
        if (instruction.opcode().equals("setp")) {
            return comparison(instruction);
        }
        if (instruction.opcode().equals("selp")) {
            boolean wide = instruction.type().isWide();
            return new SelectStep(instruction, wide, Operands.result(instruction, instruction.operand(0), wide),
                    operands.source(instruction, instruction.operand(1), wide), operands.source(instruction, instruction.operand(2), wide),
                    Operands.predicate(instruction, instruction.operand(3)), Operands.flip(instruction.operand(3)));
        }
        if (!last.equals("pred") || PredicateStep.operator(instruction.opcode()) == null) {
            return null;
        }
        if (instruction.operand(1) instanceof PtxOperand.ImmediateOperand number) {
            int result = Operands.predicate(instruction, instruction.operand(0));
            int value = number.bits() == 0 ? 0 : -1;
            return new RunStep(instruction, (warp, mask) -> warp.setPredicate(result, mask, value));
        }
        PtxOperand second = instruction.operands().size() > 2 ? instruction.operand(2) : instruction.operand(1);
        return new PredicateStep(instruction, PredicateStep.operator(instruction.opcode()), Operands.predicate(instruction, instruction.operand(0)),
                Operands.predicate(instruction, instruction.operand(1)), Operands.flip(instruction.operand(1)), Operands.predicate(instruction, second),
                Operands.flip(second));
    }

    /** {@code setp.compare[.join].type p[|q], a, b[, c]}. */
    private Step comparison(PtxInstruction instruction) {
        PtxType type = instruction.type();
        CompareStep.Comparison comparison = Comparisons.find(instruction.modifiers().getFirst(), type);
        int expected = 2;
        CompareStep.Join join = CompareStep.Join.NONE;
        for (CompareStep.Join candidate : List.of(CompareStep.Join.AND, CompareStep.Join.OR, CompareStep.Join.XOR)) {
            if (instruction.has(candidate.name().toLowerCase(Locale.ROOT))) {
                join = candidate;
                expected = 3;
            }
        }
        if (comparison == null || instruction.modifiers().size() != expected) {
            return null;
        }
        PtxOperand result = instruction.operand(0);
        int opposite = result instanceof PtxOperand.PairOperand pair ? pair.second().register().index() : -1;
        PtxOperand first = result instanceof PtxOperand.PairOperand pair ? pair.first() : result;
        return new CompareStep(instruction, comparison, operands.source(instruction, instruction.operand(1), type.isWide()),
                operands.source(instruction, instruction.operand(2), type.isWide()), Operands.predicate(instruction, first), opposite, join,
                join == CompareStep.Join.NONE ? 0 : Operands.predicate(instruction, instruction.operand(3)),
                join == CompareStep.Join.NONE ? 0 : Operands.flip(instruction.operand(3)));
    }

    /** {@code mov} between a register and the parts of one, bfi and lop3, whose operands are of several kinds. */
    private Step vectors(PtxInstruction instruction) {
        return switch (instruction.form()) {
            case "mov.b32", "mov.b64" -> PackStep.find(instruction, operands);
            case "bfi.b32" -> insert(instruction, false);
            case "bfi.b64" -> insert(instruction, true);
            case "lop3.b32" -> combine(instruction);
            default -> null;
        };
    }

    private Step insert(PtxInstruction instruction, boolean wide) {
        int target = Operands.result(instruction, instruction.operand(0), wide);
        int a = operands.source(instruction, instruction.operand(1), wide);
        int b = operands.source(instruction, instruction.operand(2), wide);
        int position = operands.source(instruction, instruction.operand(3), false);
        int length = operands.source(instruction, instruction.operand(4), false);
        return new RunStep(instruction, (warp, mask) -> {
            for (int rest = mask; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                if (wide) {
                    warp.longs[target + lane] = BitFields.insert(warp.longs[a + lane], warp.longs[b + lane], warp.words[position + lane],
                            warp.words[length + lane], Long.SIZE);
                } else {
                    warp.words[target + lane] = (int) BitFields.insert(warp.words[a + lane], warp.words[b + lane], warp.words[position + lane],
                            warp.words[length + lane], Integer.SIZE);
                }
            }
        });
    }

    private Step combine(PtxInstruction instruction) {
        if (!(instruction.operand(4) instanceof PtxOperand.ImmediateOperand table)) {
            return null;
        }
        int lookup = (int) table.bits();
        LaneLoop loop = (w, _, d, a, b, c) -> {
            for (int lane = 0; lane < Warp.LANES; lane++) {
                w[d + lane] = BitFields.combine(w[a + lane], w[b + lane], w[c + lane], lookup);
            }
        };
        return laneStep(instruction, new LaneOperation("WWWW", loop));
    }

    private Step lanes(PtxInstruction instruction) {
        LaneOperation operation = LANE_OPERATIONS.get(key(instruction));
        if (operation != null && fits(instruction, operation)) {
            Step step = laneStep(instruction, operation);
            return DIVISIONS.contains(instruction.opcode()) && instruction.type().kind() != PtxType.Kind.FLOATING ? divisor(instruction, step, operation) : step;
        }
        return instruction.opcode().equals("cvt") ? conversion(instruction) : null;
    }

    /** The form without what says no more than Java's arithmetic does by itself. */
    private static String key(PtxInstruction instruction) {
        return ROUNDED.contains(instruction.opcode()) ? instruction.form().replace(".rn.", ".") : instruction.form();
    }

    /** Registers may be wider than the type of a conversion; the tables are for those that are not. */
    private static boolean fits(PtxInstruction instruction, LaneOperation operation) {
        return !instruction.opcode().equals("cvt") || instruction.operand(1) instanceof PtxOperand.ImmediateOperand
                || Operands.isWide(instruction.operand(0)) == operation.isWideResult() && Operands.isWide(instruction.operand(1)) == operation.isWide(0);
    }

    private Step laneStep(PtxInstruction instruction, LaneOperation operation) {
        int[] places = new int[3];
        for (int index = 0; index < operation.operands(); index++) {
            places[index] = operands.source(instruction, instruction.operand(index + 1), operation.isWide(index));
        }
        return new LaneStep(instruction, operation.loop(), operation.isWideResult(),
                Operands.result(instruction, instruction.operand(0), operation.isWideResult()), places[0], places[1], places[2]);
    }

    /** Dividing an integer by zero gives rubbish on a GPU; here it ends the launch. */
    private Step divisor(PtxInstruction instruction, Step division, LaneOperation operation) {
        boolean wide = operation.isWide(1);
        int divisor = operands.source(instruction, instruction.operand(2), wide);
        return new RunStep(instruction, (warp, mask) -> {
            for (int rest = mask; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                if (wide ? warp.longs[divisor + lane] == 0 : warp.words[divisor + lane] == 0) {
                    throw warp.fault(SimulatorFault.Kind.ARITHMETIC, division, lane, "integer division by zero");
                }
            }
            division.run(warp, mask);
        });
    }

    private Step conversion(PtxInstruction instruction) {
        PtxType to = instruction.firstType();
        PtxType from = instruction.type();
        List<String> others = instruction.modifiers().stream().filter(modifier -> PtxType.ofSuffix(modifier) == null && !modifier.equals("sat")).toList();
        boolean packed = to.name().endsWith("X2") || from.name().endsWith("X2");
        if (packed || others.size() > 1 || !others.isEmpty() && !ConversionStep.ROUNDINGS.contains(others.getFirst())) {
            return null;
        }
        boolean wideSource = instruction.operand(1) instanceof PtxOperand.RegisterOperand ? Operands.isWide(instruction.operand(1)) : from.isWide();
        boolean wideTarget = Operands.isWide(instruction.operand(0));
        return new ConversionStep(instruction, to, from, others.isEmpty() ? "" : others.getFirst(), instruction.has("sat"), wideSource, wideTarget,
                operands.source(instruction, instruction.operand(1), wideSource), Operands.result(instruction, instruction.operand(0), wideTarget));
    }
}
