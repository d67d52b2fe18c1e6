package crosscut.simulator.driver;

import crosscut.simulator.Simulator;
import crosscut.simulator.check.FindingKind;
import crosscut.simulator.execution.GridShape;
import crosscut.simulator.memory.SimulatedMemory;
import java.lang.foreign.MemorySegment;

/**
 * How an operation that runs reaches the device, and where it says what it reads and writes. An access that CUDA does not order against an earlier one of
 * another stream is reported as a missing wait.
 */
public final class OperationAccess {

    private final DriverState driver;
    private final String description;
    private final String place;
    private final int lane;
    private final int tick;
    private final VectorClock clock;

    OperationAccess(DriverState driver, String description, String place, int lane, int tick, VectorClock clock) {
        this.driver = driver;
        this.description = description;
        this.place = place;
        this.lane = lane;
        this.tick = tick;
        this.clock = clock;
    }

    /** Device memory. */
    public SimulatedMemory memory() {
        return driver.simulator.memory();
    }

    /** The stream or graph branch that the operation runs in, for findings. */
    public String place() {
        return place;
    }

    /** The operation reads {@code bytes} from {@code address} on. */
    public void reads(long address, long bytes) {
        driver.accesses.note(this, address, bytes, false);
    }

    /** The operation writes {@code bytes} from {@code address} on. */
    public void writes(long address, long bytes) {
        driver.accesses.note(this, address, bytes, true);
    }

    /** The operation looks at host memory: copies to it that are ordered before this operation arrive first. */
    void deliver(long hostAddress, long bytes) {
        driver.timeline.deliver(clock, hostAddress, bytes);
    }

    /** The operation is the host's: it may read and write whatever copies that are ordered before it have brought or taken. */
    void finishTransfers() {
        driver.timeline.finish(clock);
    }

    /** The operation may look at any pinned memory whose device address is known to callers. */
    void deliverMapped() {
        driver.pinned.all().stream().filter(block -> block.isMapped).forEach(block -> deliver(block.host.address(), block.host.byteSize()));
    }

    /** What happens when the host has waited for this operation. */
    void whenSeen(PendingTransfer transfer) {
        driver.timeline.whenSeen(lane, tick, transfer);
    }

    void reportMissingWait(String text) {
        driver.reports.report(FindingKind.MISSING_WAIT, text);
    }

    void watchLaunch(LoadedFunction function, GridShape shape, MemorySegment arguments) {
        if (driver.launchWatcher != null) {
            driver.launchWatcher.launching(function.moduleText, function.kernel.name(), shape, arguments, memory());
        }
    }

    Simulator simulator() {
        return driver.simulator;
    }

    String description() {
        return description;
    }

    int lane() {
        return lane;
    }

    int tick() {
        return tick;
    }

    VectorClock clock() {
        return clock;
    }
}
