package crosscut.simulator;

import crosscut.simulator.check.FindingLog;
import crosscut.simulator.execution.Executable;
import crosscut.simulator.execution.GridRun;
import crosscut.simulator.execution.GridShape;
import crosscut.simulator.execution.LaunchAccesses;
import crosscut.simulator.memory.SimulatedMemory;
import crosscut.simulator.program.PtxKernel;
import crosscut.simulator.program.PtxModule;
import crosscut.simulator.program.PtxVariable;
import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** A machine that executes PTX kernels on the CPU: memory, loaded modules, launches. One launch runs at a time. */
public final class Simulator implements AutoCloseable {

    private final FindingLog findings = new FindingLog();
    private final SimulatedMemory memory;
    private final GridRun.Setting setting;
    private final Map<PtxKernel, Executable> executables = new IdentityHashMap<>();
    private final Map<PtxModule, Long> variables = new IdentityHashMap<>();
    private long launches;
    private long executed;

    /** An empty machine. */
    public Simulator(SimulatorOptions options) {
        memory = new SimulatedMemory(options.checks(), findings);
        setting = new GridRun.Setting(memory, findings, options.order(), options.seed(), options.checks(), options.threads());
    }

    /** Device memory. */
    public SimulatedMemory memory() {
        return memory;
    }

    /** What was found so far. */
    public FindingLog findings() {
        return findings;
    }

    /**
     * Reads a PTX text and prepares its kernels.
     *
     * @throws crosscut.simulator.program.PtxSyntaxException with the line of what the simulator cannot read or execute
     */
    public synchronized PtxModule load(String text) {
        PtxModule module = PtxModule.parse(text);
        List<PtxVariable> declared = module.variables();
        long base = 0;
        if (!declared.isEmpty()) {
            PtxVariable last = declared.getLast();
            base = memory.allocate(last.byteOffset() + last.byteSize(), "variables of a module");
            variables.put(module, base);
            for (PtxVariable variable : declared) {
                byte[] initial = variable.initial() == null ? new byte[(int) variable.byteSize()] : variable.initial();
                memory.write(base + variable.byteOffset(), MemorySegment.ofArray(initial));
            }
        }
        for (PtxKernel kernel : module.kernels()) {
            executables.put(kernel, Executable.of(kernel, base));
        }
        return module;
    }

    /** Forgets a module and frees its variables. */
    public synchronized void unload(PtxModule module) {
        module.kernels().forEach(executables::remove);
        Long base = variables.remove(module);
        if (base != null) {
            memory.free(base);
        }
    }

    /** Device address of the variables of a loaded module, 0 when it has none; {@link PtxVariable#byteOffset} counts from there. */
    public synchronized long variablesOf(PtxModule module) {
        return variables.getOrDefault(module, 0L);
    }

    /**
     * Runs a kernel of a loaded module to its end.
     *
     * @param parameters the parameter block, laid out as {@link PtxKernel#parameters} says; native memory
     * @throws crosscut.simulator.check.SimulatorFault when a thread does what a GPU would end the launch for
     */
    public void launch(PtxKernel kernel, GridShape shape, MemorySegment parameters) {
        launch(kernel, shape, parameters, (address, bytes, isWrite) -> { });
    }

    /** Runs a kernel and gives what it has read and written, as far as that is watched. */
    public synchronized void launch(PtxKernel kernel, GridShape shape, MemorySegment parameters, LaunchAccesses.Visitor visitor) {
        Executable executable = executables.get(kernel);
        if (executable == null) {
            throw new IllegalArgumentException("kernel " + kernel + " belongs to no loaded module");
        }
        if (launches + 1 == GridRun.launchLimit()) {
            memory.forgetAccesses();
            launches = 0;
        }
        launches++;
        executed += new GridRun(executable, shape, setting, launches, parameters.address()).run();
        new LaunchAccesses(memory, launches).forEach(visitor);
    }

    /** Instructions executed so far, counted per thread. */
    public synchronized long executedThreadInstructions() {
        return executed;
    }

    /** Frees all memory. */
    @Override
    public void close() {
        memory.close();
    }
}
