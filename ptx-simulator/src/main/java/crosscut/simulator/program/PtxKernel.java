package crosscut.simulator.program;

import java.util.List;
import java.util.Map;

/** One entry of a module. */
public final class PtxKernel {

    private final String name;
    private final List<PtxParameter> parameters;
    private final KernelBody body;

    PtxKernel(String name, List<PtxParameter> parameters, KernelBody body) {
        this.name = name;
        this.parameters = List.copyOf(parameters);
        this.body = body;
    }

    /**
     * What the braces hold.
     *
     * @param instructions in order
     * @param labels index of the instruction behind each label
     * @param predicates number of predicate registers
     * @param words number of registers of up to 32 bits
     * @param longs number of 64-bit registers
     * @param shared shared variables that the kernel may use
     * @param sharedBytes bytes of those with a size
     * @param sharedSpan where shared memory of the launch starts: behind all variables and the gaps between them
     * @param localBytes bytes of local memory of a thread
     * @param maximumThreads of .maxntid, 0 when it says nothing
     */
    record KernelBody(List<PtxInstruction> instructions, Map<String, Integer> labels, int predicates, int words, int longs, List<PtxVariable> shared,
            int sharedBytes, int sharedSpan, int localBytes, int maximumThreads) {}

    public String name() {
        return name;
    }

    /** In the order of the declaration. */
    public List<PtxParameter> parameters() {
        return parameters;
    }

    /** Size of the parameter block. */
    public int parameterBytes() {
        return parameters.isEmpty() ? 0 : parameters.getLast().byteOffset() + parameters.getLast().byteSize();
    }

    /** Shared memory that the kernel declares itself; a launch may add more. */
    public int staticSharedBytes() {
        return body.sharedBytes();
    }

    /** Where the launch's own shared memory starts; larger than {@link #staticSharedBytes} by the gaps in which overruns show. */
    public int sharedSpan() {
        return body.sharedSpan();
    }

    /** Shared variables with their places. */
    public List<PtxVariable> sharedVariables() {
        return body.shared();
    }

    /** Local memory of one thread. */
    public int localBytes() {
        return body.localBytes();
    }

    /** Most threads of a block by the kernel's own bound, 0 when it has none. */
    public int maximumThreads() {
        return body.maximumThreads();
    }

    public List<PtxInstruction> instructions() {
        return body.instructions();
    }

    /**
     * Index of the instruction behind a label.
     *
     * @throws PtxSyntaxException when there is no such label
     */
    public int target(PtxInstruction branch, String label) {
        Integer index = body.labels().get(label);
        if (index == null) {
            throw new PtxSyntaxException(branch.line(), "no label " + label + " in " + name);
        }
        return index;
    }

    public int predicateRegisters() {
        return body.predicates();
    }

    /** Registers of up to 32 bits. */
    public int wordRegisters() {
        return body.words();
    }

    /** 64-bit registers. */
    public int longRegisters() {
        return body.longs();
    }

    @Override
    public String toString() {
        return name;
    }
}
