package crosscut.simulator.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the operands of instructions. */
final class OperandParser {

    private static final Set<String> SPECIAL = Set.of("%tid.x", "%tid.y", "%tid.z", "%ntid.x", "%ntid.y", "%ntid.z", "%ctaid.x", "%ctaid.y", "%ctaid.z",
            "%nctaid.x", "%nctaid.y", "%nctaid.z", "%laneid", "%warpid", "%lanemask_eq", "%lanemask_lt", "%lanemask_le", "%lanemask_gt", "%lanemask_ge");

    private final PtxTokens tokens;
    private final KernelParser kernel;

    OperandParser(PtxTokens tokens, KernelParser kernel) {
        this.tokens = tokens;
        this.kernel = kernel;
    }

    PtxOperand read() {
        if (tokens.accept("[")) {
            return memory();
        }
        if (tokens.accept("{")) {
            return vector();
        }
        if (tokens.accept("_")) {
            return new PtxOperand.SinkOperand();
        }
        PtxOperand operand = scalar();
        return tokens.accept("|") ? pair(operand) : operand;
    }

    private PtxOperand pair(PtxOperand first) {
        int line = tokens.line();
        PtxOperand second = scalar();
        if (first instanceof PtxOperand.RegisterOperand one && second instanceof PtxOperand.RegisterOperand two) {
            return new PtxOperand.PairOperand(one, two);
        }
        throw new PtxSyntaxException(line, "only registers can be joined by |");
    }

    private PtxOperand scalar() {
        int line = tokens.line();
        boolean inverted = tokens.accept("!");
        String word = tokens.peek();
        if (word.equals("-") || Literals.isNumber(word)) {
            return number();
        }
        tokens.next();
        PtxRegister register = kernel.register(word);
        if (register != null) {
            return new PtxOperand.RegisterOperand(register, inverted);
        }
        if (word.startsWith("%")) {
            if (!SPECIAL.contains(word)) {
                throw new PtxSyntaxException(line, "the simulator has no register " + word);
            }
            return new PtxOperand.SpecialOperand(word);
        }
        PtxVariable variable = kernel.variable(word, line);
        return new PtxOperand.VariableOperand(variable, tokens.accept("+") ? tokens.integer() : 0);
    }

    private PtxOperand number() {
        if (Literals.isFloating(tokens.peek())) {
            String word = tokens.next();
            boolean single = Literals.isSingle(word);
            return new PtxOperand.ImmediateOperand(Literals.floatingBits(word), single, !single);
        }
        return new PtxOperand.ImmediateOperand(tokens.integer(), false, false);
    }

    private PtxOperand vector() {
        List<PtxOperand> elements = new ArrayList<>();
        do {
            elements.add(tokens.accept("_") ? new PtxOperand.SinkOperand() : scalar());
        } while (tokens.accept(","));
        tokens.expect("}");
        return new PtxOperand.VectorOperand(elements);
    }

    private PtxOperand memory() {
        int line = tokens.line();
        PtxParameter parameter = kernel.parameter(tokens.peek());
        PtxOperand base = null;
        long offset = 0;
        if (parameter != null) {
            tokens.next();
        } else {
            base = scalar();
            if (base instanceof PtxOperand.ImmediateOperand absolute) {
                offset = absolute.bits();
                base = null;
            }
        }
        while (!tokens.accept("]")) {
            if (!tokens.accept("+") && !tokens.peek().equals("-")) {
                throw new PtxSyntaxException(line, "'" + tokens.peek() + "' in an address");
            }
            offset += tokens.integer();
        }
        if (base instanceof PtxOperand.VariableOperand variable) {
            base = new PtxOperand.VariableOperand(variable.variable(), 0);
            offset += variable.offset();
        }
        return new PtxOperand.MemoryOperand(base, parameter == null ? -1 : parameter.byteOffset(), offset);
    }
}
