package crosscut.simulator.mutation;

import crosscut.simulator.Simulator;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.check.Finding;
import crosscut.simulator.check.SimulatorFault;
import crosscut.simulator.execution.GridShape;
import crosscut.simulator.memory.AllocationImage;
import crosscut.simulator.program.PtxModule;
import crosscut.simulator.program.PtxSyntaxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A launch that can be run again, with the same or another text of its kernel.
 *
 * @param module PTX of the kernel's module
 * @param arguments parameter block
 * @param memory as the kernel found it
 */
public record RecordedLaunch(String module, String kernel, GridShape shape, byte[] arguments, List<AllocationImage> memory) {

    /**
     * What a launch came to.
     *
     * @param memory afterwards
     * @param findings what checks found; a fault is one of them
     */
    public record Outcome(List<AllocationImage> memory, List<String> findings) {

        /** Whether the two leave the same bytes. */
        boolean equalsMemory(Outcome other) {
            if (memory.size() != other.memory.size()) {
                return false;
            }
            for (int index = 0; index < memory.size(); index++) {
                if (!Arrays.equals(memory.get(index).bytes(), other.memory.get(index).bytes())) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Runs {@code ptx} in place of the module, from the recorded memory. */
    public Outcome replay(String ptx, SimulatorOptions options) {
        try (Simulator simulator = new Simulator(options); Arena arena = Arena.ofConfined()) {
            simulator.memory().restore(memory);
            MemorySegment block = arena.allocate(Math.max(arguments.length, Long.BYTES), 16);
            MemorySegment.copy(MemorySegment.ofArray(arguments), 0, block, 0, arguments.length);
            String fault = "";
            try {
                PtxModule loaded = simulator.load(ptx);
                simulator.launch(loaded.find(kernel).orElseThrow(), shape, block);
            } catch (SimulatorFault | PtxSyntaxException thrown) {
                fault = "fault: " + thrown.getMessage();
            }
            List<String> findings = new ArrayList<>(simulator.findings().all().stream().map(Finding::toString).toList());
            if (!fault.isEmpty()) {
                findings.add(fault);
            }
            return new Outcome(simulator.memory().images(), findings);
        }
    }
}
