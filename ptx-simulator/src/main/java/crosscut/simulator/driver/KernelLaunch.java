package crosscut.simulator.driver;

import crosscut.simulator.execution.GridShape;
import java.lang.foreign.MemorySegment;

/** A launch of a kernel; the arguments are those of the time of the call. */
record KernelLaunch(LoadedFunction function, GridShape shape, MemorySegment arguments) implements DeviceOperation {

    @Override
    public String description() {
        return "kernel " + function.kernel.name();
    }

    @Override
    public void execute(OperationAccess access) {
        access.deliverMapped();
        access.watchLaunch(function, shape, arguments);
        access.simulator().launch(function.kernel, shape, arguments, (address, bytes, isWrite) -> {
            if (isWrite) {
                access.writes(address, bytes);
            } else {
                access.reads(address, bytes);
            }
        });
    }
}
