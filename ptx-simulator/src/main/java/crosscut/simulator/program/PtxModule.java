package crosscut.simulator.program;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A PTX text: kernels and module-wide variables. */
public final class PtxModule {

    private final String version;
    private final String target;
    private final Map<String, PtxKernel> kernels;
    private final List<PtxVariable> variables;

    PtxModule(String version, String target, Map<String, PtxKernel> kernels, List<PtxVariable> variables) {
        this.version = version;
        this.target = target;
        this.kernels = Collections.unmodifiableMap(new LinkedHashMap<>(kernels));
        this.variables = List.copyOf(variables);
    }

    /**
     * Reads a text.
     *
     * @throws PtxSyntaxException with the line where it is not PTX that the simulator knows
     */
    public static PtxModule parse(String text) {
        return new ModuleParser(text).parse();
    }

    /** PTX version: 7.0. */
    public String version() {
        return version;
    }

    /** Architecture: sm_80. */
    public String target() {
        return target;
    }

    public Collection<String> kernelNames() {
        return kernels.keySet();
    }

    public Collection<PtxKernel> kernels() {
        return kernels.values();
    }

    public Optional<PtxKernel> find(String name) {
        return Optional.ofNullable(kernels.get(name));
    }

    /** Variables of the spaces global and const. */
    public List<PtxVariable> variables() {
        return variables;
    }
}
