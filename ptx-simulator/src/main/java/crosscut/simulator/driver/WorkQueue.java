package crosscut.simulator.driver;

import crosscut.simulator.check.SimulatorFault;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;

/** Takes the operations that calls enqueue: runs them, or adds them to the capture of their stream. */
final class WorkQueue {

    private final DriverState driver;

    WorkQueue(DriverState driver) {
        this.driver = driver;
    }

    void enqueue(SimulatedStream stream, DeviceOperation operation) {
        if (stream.capture != null) {
            stream.capture.add(stream, operation);
            return;
        }
        VectorClock clock = driver.streams.clockOfNext(stream);
        run(operation, stream.name, stream.lane, clock);
        stream.pollsLeft = driver.device.pollsUntilReady();
    }

    /** Runs one operation as the next of its lane; {@code clock} says what it comes after, and then covers it. */
    private void run(DeviceOperation operation, String place, int lane, VectorClock clock) {
        if (driver.gate.hasFailed()) {
            return;
        }
        int tick = driver.timeline.tick(lane);
        clock.set(lane, tick);
        driver.accesses.began(lane, tick, operation.description() + " in " + place);
        try {
            operation.execute(new OperationAccess(driver, operation.description(), place, lane, tick, clock));
        } catch (SimulatorFault fault) {
            driver.reports.fault(operation.description() + " in " + place, fault);
            driver.gate.failFromNowOn(DriverReports.status(fault));
        }
    }

    /**
     * Runs a graph's nodes in one of the orders that their dependencies allow, another at each launch, so that a missing dependency shows.
     *
     * @param lanes one per node; nodes that follow each other share one
     */
    void launch(SimulatedStream stream, String graph, List<GraphNode> nodes, int[] lanes, RandomGenerator random) {
        VectorClock start = driver.streams.clockOfNext(stream);
        VectorClock[] clocks = new VectorClock[nodes.size()];
        BitSet done = new BitSet();
        while (done.cardinality() < nodes.size()) {
            int node = anyReady(nodes, done, random);
            clocks[node] = new VectorClock(start);
            nodes.get(node).after().stream().forEach(before -> clocks[node].join(clocks[before]));
            run(nodes.get(node).operation(), graph + " node " + node, lanes[node], clocks[node]);
            done.set(node);
        }
        for (VectorClock clock : clocks) {
            start.join(clock);
        }
        stream.pollsLeft = driver.device.pollsUntilReady();
    }

    private static int anyReady(List<GraphNode> nodes, BitSet done, RandomGenerator random) {
        int chosen = -1;
        int ready = 0;
        for (int node = done.nextClearBit(0); node < nodes.size(); node = done.nextClearBit(node + 1)) {
            BitSet missing = (BitSet) nodes.get(node).after().clone();
            missing.andNot(done);
            if (missing.isEmpty() && random.nextInt(++ready) == 0) {
                chosen = node;
            }
        }
        return chosen;
    }
}
