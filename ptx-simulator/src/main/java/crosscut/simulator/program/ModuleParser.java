package crosscut.simulator.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the module's level of a PTX text: header, files, variables, kernels. Strict: what it does not know is an error. */
final class ModuleParser {

    private static final Pattern FILE = Pattern.compile("\\.file\\s+(\\d{1,9})\\s+\"([^\"]*)\"");

    private final PtxTokens tokens;
    private final Map<Integer, String> files = new HashMap<>();
    private final Map<String, PtxKernel> kernels = new LinkedHashMap<>();
    private final Map<String, PtxVariable> variables = new LinkedHashMap<>();
    private final Map<String, VariableParser.Declaration> shared = new LinkedHashMap<>();
    private String version = "";
    private String target = "";
    private long moduleBytes;

    ModuleParser(String text) {
        // Files are named behind the kernels that refer to them.
        text.lines().map(String::strip).filter(line -> line.startsWith(".file")).forEach(this::addFile);
        tokens = new PtxTokens(text);
    }

    /** {@code .file number "path"}; a line that is not like that is reported where the statements are read. */
    private void addFile(String line) {
        Matcher file = FILE.matcher(line);
        if (file.lookingAt()) {
            String path = file.group(2);
            files.put(Integer.parseInt(file.group(1)), path.substring(path.lastIndexOf('/') + 1));
        }
    }

    PtxModule parse() {
        try {
            return module();
        } catch (ArithmeticException | NumberFormatException outOfRange) {
            throw new PtxSyntaxException(tokens.line(), "a number that is out of range: " + outOfRange.getMessage());
        }
    }

    private PtxModule module() {
        while (!tokens.isAtEnd()) {
            int line = tokens.line();
            String word = tokens.next();
            switch (word) {
                case ".version" -> version = tokens.next();
                case ".target" -> {
                    target = tokens.next();
                    tokens.skipLine(line);
                }
                case ".address_size", ".file" -> tokens.skipLine(line);
                case ".section" -> skipSection();
                case ".visible", ".extern", ".weak" -> declaration(line, tokens.next());
                case ".entry", ".global", ".const", ".shared" -> declaration(line, word);
                default -> throw new PtxSyntaxException(line, "'" + word + "' is not known at module level");
            }
        }
        if (version.isEmpty()) {
            throw new PtxSyntaxException(1, "no .version: this is not PTX");
        }
        return new PtxModule(version, target, kernels, new ArrayList<>(variables.values()));
    }

    private void skipSection() {
        while (!tokens.next().equals("{")) {
            // The section's name.
        }
        while (!tokens.next().equals("}")) {
            // Debug information holds no braces.
        }
    }

    private void declaration(int line, String word) {
        switch (word) {
            case ".entry" -> kernel();
            case ".global", ".const" -> moduleVariable(word.equals(".global") ? PtxVariable.Space.GLOBAL : PtxVariable.Space.CONST);
            case ".shared" -> {
                VariableParser.Declaration declared = VariableParser.read(tokens);
                shared.put(declared.name(), declared);
            }
            default -> throw new PtxSyntaxException(line, "'" + word + "' is not known at module level; device functions must be inlined");
        }
    }

    private void moduleVariable(PtxVariable.Space space) {
        VariableParser.Declaration declared = VariableParser.read(tokens);
        moduleBytes = VariableParser.align(moduleBytes, declared.alignment());
        variables.put(declared.name(), new PtxVariable(declared.name(), space, moduleBytes, declared.byteSize(), declared.initial()));
        moduleBytes += declared.byteSize();
    }

    private void kernel() {
        String name = tokens.next();
        List<PtxParameter> parameters = new ArrayList<>();
        if (tokens.accept("(") && !tokens.accept(")")) {
            do {
                parameters.add(parameter(parameters));
            } while (tokens.accept(","));
            tokens.expect(")");
        }
        int maximumThreads = 0;
        while (!tokens.peek().equals("{")) {
            maximumThreads = Math.max(maximumThreads, bound());
        }
        kernels.put(name, new KernelParser(tokens, files, parameters, variables, shared).parse(name, maximumThreads));
    }

    private PtxParameter parameter(List<PtxParameter> before) {
        tokens.expect(".param");
        VariableParser.Declaration declared = VariableParser.read(tokens, false);
        long end = before.isEmpty() ? 0 : before.getLast().byteOffset() + before.getLast().byteSize();
        return new PtxParameter(declared.name(), (int) VariableParser.align(end, declared.alignment()), (int) declared.byteSize());
    }

    /** One bound between the parameters and the body: threads of .maxntid, 0 for the others. */
    private int bound() {
        int line = tokens.line();
        String word = tokens.next();
        if (!word.equals(".maxntid") && !word.equals(".minnctapersm") && !word.equals(".reqntid") && !word.equals(".maxnreg")) {
            throw new PtxSyntaxException(line, "'" + word + "' is not known before a kernel's body");
        }
        long product = tokens.integer();
        while (tokens.accept(",")) {
            product *= tokens.integer();
        }
        return word.equals(".maxntid") || word.equals(".reqntid") ? Math.toIntExact(product) : 0;
    }
}
