package crosscut.simulator.driver;

import crosscut.simulator.execution.GridShape;
import crosscut.simulator.memory.SimulatedMemory;
import java.lang.foreign.MemorySegment;

/** Is told of every launch before it runs. */
public interface LaunchWatcher {

    /**
     * A kernel is about to run.
     *
     * @param module PTX of its module
     * @param arguments its parameter block
     * @param memory as the kernel will find it
     */
    void launching(String module, String kernel, GridShape shape, MemorySegment arguments, SimulatedMemory memory);
}
