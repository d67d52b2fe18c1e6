package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxOperand;
import crosscut.simulator.program.PtxType;
import crosscut.simulator.program.PtxVariable;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Makes the steps that touch memory. */
final class MemoryTranslator {

    /** What says how something should be cached, or how strongly it is ordered beyond what the simulator distinguishes. */
    private static final Set<String> HINTS = Set.of("nc", "ca", "cg", "cs", "lu", "cv", "wb", "wt", "relaxed", "gpu", "cta", "sys", "volatile", "weak",
            "L1::no_allocate", "L1::evict_last", "L1::evict_first", "L2::128B", "L2::256B", "L2::64B");

    private static final Set<String> SPACES = Set.of("global", "shared", "local", "param", "const", "shared::cta");

    private final Operands operands;

    MemoryTranslator(Operands operands) {
        this.operands = operands;
    }

    /** The step of an instruction, or null when it does not touch memory. */
    Step find(PtxInstruction instruction) {
        return switch (instruction.opcode()) {
            case "ld", "ldu" -> load(instruction);
            case "st" -> store(instruction);
            case "atom", "red" -> atomic(instruction);
            case "cvta" -> convertAddress(instruction);
            default -> null;
        };
    }

    private void requireKnown(PtxInstruction instruction, Set<String> further) {
        for (String modifier : instruction.modifiers()) {
            boolean known = HINTS.contains(modifier) || SPACES.contains(modifier) || PtxType.ofSuffix(modifier) != null || further.contains(modifier);
            if (!known) {
                throw instruction.unsupported();
            }
        }
    }

    private Step load(PtxInstruction instruction) {
        requireKnown(instruction, Set.of("v2", "v4"));
        List<PtxOperand> results = elements(instruction.operand(0));
        boolean[] wide = new boolean[results.size()];
        int[] targets = new int[results.size()];
        for (int index = 0; index < targets.length; index++) {
            wide[index] = results.get(index) instanceof PtxOperand.SinkOperand ? instruction.type().isWide() : Operands.isWide(results.get(index));
            targets[index] = Operands.result(instruction, results.get(index), wide[index]);
        }
        PtxOperand.MemoryOperand memory = memory(instruction, 1);
        if (instruction.has("param")) {
            if (memory.parameter() < 0) {
                throw instruction.unsupported();
            }
            return new ParameterStep(instruction, instruction.type(), memory.parameter() + memory.offset(), targets, wide);
        }
        return new LoadStep(instruction, address(instruction, memory), instruction.type(), targets, wide);
    }

    private Step store(PtxInstruction instruction) {
        requireKnown(instruction, Set.of("v2", "v4"));
        List<PtxOperand> values = elements(instruction.operand(1));
        boolean[] wide = new boolean[values.size()];
        int[] sources = new int[values.size()];
        for (int index = 0; index < sources.length; index++) {
            PtxOperand value = values.get(index);
            wide[index] = value instanceof PtxOperand.RegisterOperand ? Operands.isWide(value) : instruction.type().isWide();
            sources[index] = operands.source(instruction, value, wide[index]);
        }
        return new StoreStep(instruction, address(instruction, memory(instruction, 0)), instruction.type(), sources, wide);
    }

    private Step atomic(PtxInstruction instruction) {
        boolean returns = instruction.opcode().equals("atom");
        PtxType type = instruction.type();
        String name = instruction.modifiers().stream().filter(modifier -> !HINTS.contains(modifier) && !SPACES.contains(modifier)
                && PtxType.ofSuffix(modifier) == null).findFirst().orElseThrow(instruction::unsupported);
        AtomicStep.Update update = AtomicStep.update(name, type);
        if (update == null || type.byteSize() < Integer.BYTES) {
            throw instruction.unsupported();
        }
        requireKnown(instruction, Set.of(name));
        int memory = returns ? 1 : 0;
        int target = returns ? Operands.result(instruction, instruction.operand(0), type.isWide()) : Executable.SCRATCH;
        int b = operands.source(instruction, instruction.operand(memory + 1), type.isWide());
        int c = name.equals("cas") ? operands.source(instruction, instruction.operand(memory + 2), type.isWide()) : Executable.SCRATCH;
        return new AtomicStep(instruction, address(instruction, memory(instruction, memory)), type, update, target, b, c);
    }

    /** Between a state space and the generic one; global memory is the same in both. */
    private Step convertAddress(PtxInstruction instruction) {
        long window = (instruction.has("shared") ? AddressSpace.SHARED : instruction.has("local") ? AddressSpace.LOCAL : AddressSpace.GENERIC).window();
        if (instruction.type() != PtxType.U64) {
            throw instruction.unsupported();
        }
        long added = instruction.has("to") ? -window : window;
        LaneLoop loop = (_, q, d, a, _, _) -> {
            for (int lane = 0; lane < Warp.LANES; lane++) {
                q[d + lane] = q[a + lane] + added;
            }
        };
        return new LaneStep(instruction, loop, true, Operands.result(instruction, instruction.operand(0), true),
                operands.source(instruction, instruction.operand(1), true), 0, 0);
    }

    private static List<PtxOperand> elements(PtxOperand operand) {
        return operand instanceof PtxOperand.VectorOperand(List<PtxOperand> elements) ? elements : List.of(operand);
    }

    private static PtxOperand.MemoryOperand memory(PtxInstruction instruction, int index) {
        if (instruction.operand(index) instanceof PtxOperand.MemoryOperand memory) {
            return memory;
        }
        throw instruction.unsupported();
    }

    private MemoryAccess.Address address(PtxInstruction instruction, PtxOperand.MemoryOperand memory) {
        AddressSpace space = instruction.modifiers().stream().filter(SPACES::contains).findFirst().map(MemoryTranslator::space).orElse(AddressSpace.GENERIC);
        return switch (memory.base()) {
            case PtxOperand.RegisterOperand register -> {
                boolean wide = Operands.isWide(register);
                yield new MemoryAccess.Address(space, operands.source(instruction, register, wide), wide, memory.offset());
            }
            case PtxOperand.VariableOperand variable -> {
                PtxVariable.Space of = variable.variable().space();
                AddressSpace own = of == PtxVariable.Space.SHARED ? AddressSpace.SHARED : of == PtxVariable.Space.LOCAL ? AddressSpace.LOCAL : AddressSpace.GENERIC;
                yield new MemoryAccess.Address(own, -1, false, operands.address(variable) + memory.offset());
            }
            case null, default -> throw instruction.unsupported();
        };
    }

    private static AddressSpace space(String modifier) {
        return switch (modifier) {
            case "shared", "shared::cta" -> AddressSpace.SHARED;
            case "local" -> AddressSpace.LOCAL;
            case "global", "const" -> AddressSpace.GENERIC;
            default -> throw new IllegalArgumentException(modifier.toLowerCase(Locale.ROOT));
        };
    }
}
