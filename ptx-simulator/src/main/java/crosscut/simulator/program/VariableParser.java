package crosscut.simulator.program;

/** Reads what stands behind a state space: alignment, type, name, length and initial value. */
final class VariableParser {

    private VariableParser() {
    }

    /**
     * A declaration before it has a place.
     *
     * @param name its name
     * @param alignment in bytes
     * @param byteSize 0 for an array without a length
     * @param initial bytes, or null
     */
    record Declaration(String name, int alignment, long byteSize, byte[] initial) {}

    static long align(long offset, int alignment) {
        return (offset + alignment - 1) / alignment * alignment;
    }

    /** Reads up to the semicolon. */
    static Declaration read(PtxTokens tokens) {
        Declaration declaration = read(tokens, true);
        tokens.expect(";");
        return declaration;
    }

    /** Reads a declaration; parameters have no initial values. */
    static Declaration read(PtxTokens tokens, boolean mayHaveValue) {
        int alignment = 0;
        int line = tokens.line();
        String word = tokens.next();
        PtxType type = null;
        while (word.startsWith(".")) {
            switch (word) {
                case ".align" -> alignment = Math.toIntExact(tokens.integer());
                case ".ptr", ".global" -> { }
                default -> type = PtxType.ofSuffix(word.substring(1));
            }
            if (type == null && !word.equals(".align") && !word.equals(".ptr") && !word.equals(".global")) {
                throw new PtxSyntaxException(line, "'" + word + "' is not known in a declaration");
            }
            word = tokens.next();
        }
        if (type == null) {
            throw new PtxSyntaxException(line, "a declaration without a type");
        }
        long length = 1;
        while (tokens.accept("[")) {
            length = tokens.peek().equals("]") ? 0 : length * tokens.integer();
            tokens.expect("]");
        }
        byte[] initial = mayHaveValue && tokens.accept("=") ? initial(tokens, type, (int) (length * type.byteSize())) : null;
        return new Declaration(word, Math.max(alignment, type.byteSize()), length * type.byteSize(), initial);
    }

    private static byte[] initial(PtxTokens tokens, PtxType type, int byteSize) {
        byte[] bytes = new byte[byteSize];
        boolean isList = tokens.accept("{");
        int at = 0;
        do {
            long bits = Literals.isFloating(tokens.peek()) ? Literals.floatingBits(tokens.next()) : tokens.integer();
            for (int index = 0; index < type.byteSize(); index++) {
                bytes[at++] = (byte) (bits >>> index * Byte.SIZE);
            }
        } while (tokens.accept(","));
        if (isList) {
            tokens.expect("}");
        }
        return bytes;
    }
}
