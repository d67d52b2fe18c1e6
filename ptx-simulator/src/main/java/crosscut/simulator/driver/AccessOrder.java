package crosscut.simulator.driver;

import crosscut.simulator.memory.SimulatedMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds accesses that nothing orders: two operations of different lanes touch the same bytes, one of them writes, and the later one neither waited for an event
 * recorded after the earlier one nor was enqueued after the host had waited for it. Happens-before is kept by vector clocks, so that the order in which the
 * simulator happened to run the two does not matter.
 */
final class AccessOrder {

    /** Allocations are 2^40 bytes apart. */
    private static final int ALLOCATION_SHIFT = 40;

    private final SimulatedMemory memory;
    private final Map<Long, Map<Integer, LaneAccesses>> allocations = new HashMap<>();
    private final List<List<String>> operations = new ArrayList<>();
    private final Set<String> reported = new HashSet<>();

    AccessOrder(SimulatedMemory memory) {
        this.memory = memory;
    }

    /** Remembers what the operation at the lane's next tick is called. */
    void began(int lane, int tick, String description) {
        while (operations.size() <= lane) {
            operations.add(new ArrayList<>(List.of("")));
        }
        List<String> ofLane = operations.get(lane);
        while (ofLane.size() < tick) {
            ofLane.add("");
        }
        ofLane.add(description);
    }

    /** An operation accesses {@code bytes} from {@code address} on. */
    void note(OperationAccess access, long address, long bytes, boolean isWrite) {
        if (bytes <= 0) {
            return;
        }
        long from = address & (1L << ALLOCATION_SHIFT) - 1;
        long to = from + bytes;
        Map<Integer, LaneAccesses> lanes = allocations.computeIfAbsent(address >>> ALLOCATION_SHIFT, missing -> new HashMap<>());
        lanes.forEach((lane, accesses) -> {
            if (lane != access.lane()) {
                int known = access.clock().at(lane);
                int written = accesses.writes.laterThan(known, from, to);
                int earlier = written > 0 || !isWrite ? written : accesses.reads.laterThan(known, from, to);
                if (earlier > 0) {
                    report(access, isWrite, operations.get(lane).get(earlier), written > 0, address, bytes);
                }
            }
        });
        LaneAccesses mine = lanes.computeIfAbsent(access.lane(), missing -> new LaneAccesses());
        (isWrite ? mine.writes : mine.reads).set(from, to, access.tick());
    }

    private void report(OperationAccess access, boolean isWrite, String earlier, boolean wasWrite, long address, long bytes) {
        String allocation = memory.describe(address);
        if (reported.add(access.description() + access.place() + earlier + allocation + isWrite + wasWrite)) {
            access.reportMissingWait(access.description() + " in " + access.place() + (isWrite ? " writes " : " reads ") + bytes + " bytes at " + allocation
                    + ", which " + earlier + (wasWrite ? " writes" : " reads") + " without anything that orders the two; record an event after the one and let"
                    + " the other's stream wait for it");
        }
    }

    /** The allocation at {@code address} is gone; its number is not used again. */
    void forget(long address) {
        allocations.remove(address >>> ALLOCATION_SHIFT);
    }

    private static final class LaneAccesses {

        private final TickMap reads = new TickMap();
        private final TickMap writes = new TickMap();
    }
}
