package crosscut.simulator.program;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the body of a kernel: registers in their scopes, variables, labels, instructions. */
final class KernelParser {

    /** Between shared variables, so that an overrun of one does not land in the next. */
    private static final int SHARED_GAP = 16;

    private final PtxTokens tokens;
    private final Map<Integer, String> files;
    private final List<PtxParameter> parameters;
    private final Map<String, PtxVariable> moduleVariables;
    private final Map<String, VariableParser.Declaration> moduleShared;
    private final Deque<Map<String, PtxRegister>> scopes = new ArrayDeque<>();
    private final Map<String, PtxVariable> variables = new LinkedHashMap<>();
    private final List<PtxInstruction> instructions = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final int[] registers = new int[PtxRegister.RegisterClass.values().length];
    private final OperandParser operands;
    private SourceLine source;
    private long sharedBytes;
    private long sharedSpan;
    private long localBytes;

    KernelParser(PtxTokens tokens, Map<Integer, String> files, List<PtxParameter> parameters, Map<String, PtxVariable> moduleVariables,
            Map<String, VariableParser.Declaration> moduleShared) {
        this.tokens = tokens;
        this.files = files;
        this.parameters = parameters;
        this.moduleVariables = moduleVariables;
        this.moduleShared = moduleShared;
        this.operands = new OperandParser(tokens, this);
    }

    PtxKernel parse(String name, int maximumThreads) {
        tokens.expect("{");
        scopes.push(new HashMap<>());
        while (!scopes.isEmpty()) {
            statement();
        }
        List<PtxVariable> shared = variables.values().stream().filter(variable -> variable.space() == PtxVariable.Space.SHARED).toList();
        return new PtxKernel(name, parameters, new PtxKernel.KernelBody(List.copyOf(instructions), Map.copyOf(labels),
                registers[PtxRegister.RegisterClass.PREDICATE.ordinal()], registers[PtxRegister.RegisterClass.WORD.ordinal()],
                registers[PtxRegister.RegisterClass.LONG.ordinal()], shared, Math.toIntExact(sharedBytes), Math.toIntExact(sharedSpan),
                Math.toIntExact(localBytes), maximumThreads));
    }

    private void statement() {
        int line = tokens.line();
        String word = tokens.peek();
        if (tokens.accept("{")) {
            scopes.push(new HashMap<>());
        } else if (tokens.accept("}")) {
            scopes.pop();
        } else if (!tokens.accept(";")) {
            if (word.startsWith(".")) {
                directive(line, tokens.next());
            } else if (tokens.peek(1).equals(":")) {
                labels.put(tokens.next(), instructions.size());
                tokens.expect(":");
            } else {
                instruction(line);
            }
        }
    }

    private void directive(int line, String word) {
        switch (word) {
            case ".reg" -> declareRegisters(line);
            case ".loc" -> location(line);
            case ".pragma" -> {
                tokens.next();
                tokens.expect(";");
            }
            case ".shared" -> place(VariableParser.read(tokens), PtxVariable.Space.SHARED);
            case ".local" -> place(VariableParser.read(tokens), PtxVariable.Space.LOCAL);
            default -> throw new PtxSyntaxException(line, "'" + word + "' is not known in a kernel");
        }
    }

    /** {@code .loc file line column [, function_name label, inlined_at file line column]}. */
    private void location(int line) {
        int file = Math.toIntExact(tokens.integer());
        int sourceLine = Math.toIntExact(tokens.integer());
        while (!tokens.isAtEnd() && tokens.line() == line) {
            if (tokens.next().equals("inlined_at")) {
                file = Math.toIntExact(tokens.integer());
                sourceLine = Math.toIntExact(tokens.integer());
            }
        }
        String name = files.get(file);
        source = name == null ? null : new SourceLine(name, sourceLine);
    }

    private void declareRegisters(int line) {
        PtxType type = PtxType.ofSuffix(tokens.next().substring(1));
        if (type == null) {
            throw new PtxSyntaxException(line, "registers of an unknown type");
        }
        do {
            String name = tokens.next();
            if (tokens.accept("<")) {
                long count = tokens.integer();
                tokens.expect(">");
                for (long number = 0; number < count; number++) {
                    declareRegister(name + number, type);
                }
            } else {
                declareRegister(name, type);
            }
        } while (tokens.accept(","));
        tokens.expect(";");
    }

    private void declareRegister(String name, PtxType type) {
        int index = registers[PtxRegister.classOf(type).ordinal()]++;
        scopes.peek().put(name, new PtxRegister(name, type, index));
    }

    private PtxVariable place(VariableParser.Declaration declared, PtxVariable.Space space) {
        long offset;
        if (space == PtxVariable.Space.SHARED) {
            sharedBytes = declared.byteSize() == 0 ? sharedBytes : VariableParser.align(sharedBytes, declared.alignment()) + declared.byteSize();
            offset = VariableParser.align(sharedSpan, declared.alignment());
            // An array without a length starts where the launch's own shared memory does, behind everything else.
            sharedSpan = declared.byteSize() == 0 ? sharedSpan : offset + declared.byteSize() + SHARED_GAP;
        } else {
            offset = VariableParser.align(localBytes, declared.alignment());
            localBytes = offset + declared.byteSize();
        }
        PtxVariable variable = new PtxVariable(declared.name(), space, offset, declared.byteSize(), declared.initial());
        variables.put(declared.name(), variable);
        return variable;
    }

    private void instruction(int line) {
        PtxOperand.RegisterOperand guard = null;
        if (tokens.accept("@")) {
            boolean negated = tokens.accept("!");
            PtxRegister predicate = requireRegister(tokens.next(), line);
            if (predicate.type() != PtxType.PRED) {
                throw new PtxSyntaxException(line, predicate.name() + " is no predicate");
            }
            guard = new PtxOperand.RegisterOperand(predicate, negated);
        }
        String[] parts = tokens.next().split("\\.");
        List<PtxOperand> arguments = new ArrayList<>();
        boolean isBranch = parts[0].equals("bra");
        while (!tokens.accept(";")) {
            arguments.add(isBranch ? new PtxOperand.LabelOperand(tokens.next()) : operands.read());
            if (!tokens.peek().equals(";")) {
                tokens.expect(",");
            }
        }
        instructions.add(new PtxInstruction(parts[0], List.of(parts).subList(1, parts.length), List.copyOf(arguments), guard, line, source));
    }

    /** The innermost register of that name, or null. */
    PtxRegister register(String name) {
        for (Map<String, PtxRegister> scope : scopes) {
            PtxRegister register = scope.get(name);
            if (register != null) {
                return register;
            }
        }
        return null;
    }

    private PtxRegister requireRegister(String name, int line) {
        PtxRegister register = register(name);
        if (register == null) {
            throw new PtxSyntaxException(line, "no register " + name);
        }
        return register;
    }

    /** The parameter of that name, or null. */
    PtxParameter parameter(String name) {
        return parameters.stream().filter(parameter -> parameter.name().equals(name)).findFirst().orElse(null);
    }

    /** The variable of that name; a shared one of the module gets its place in this kernel when it is first used. */
    PtxVariable variable(String name, int line) {
        PtxVariable own = variables.get(name);
        if (own != null) {
            return own;
        }
        if (moduleShared.containsKey(name)) {
            return place(moduleShared.get(name), PtxVariable.Space.SHARED);
        }
        PtxVariable variable = moduleVariables.get(name);
        if (variable == null) {
            throw new PtxSyntaxException(line, "nothing is named " + name);
        }
        return variable;
    }
}
