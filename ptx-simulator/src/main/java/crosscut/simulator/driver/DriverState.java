package crosscut.simulator.driver;

import crosscut.simulator.Simulator;
import crosscut.simulator.upcall.HandleTable;

/** What the calls of the driver share. */
final class DriverState {

    final SimulatedDevice device;
    final Simulator simulator;
    final DriverReports reports;
    final DriverGate gate;
    final Timeline timeline = new Timeline();
    final StreamTable streams = new StreamTable(timeline);
    final CaptureRules captureRules = new CaptureRules(streams);
    final AccessOrder accesses;
    final WorkQueue queue = new WorkQueue(this);
    final PinnedMemory pinned;
    final HandleTable<SimulatedEvent> events = new HandleTable<>("event", 2);
    final HandleTable<LoadedModule> modules = new HandleTable<>("module", 3);
    final HandleTable<LoadedFunction> functions = new HandleTable<>("function", 4);
    final HandleTable<CapturedGraph> graphs = new HandleTable<>("graph", 5);
    final HandleTable<ExecutableGraph> executables = new HandleTable<>("executable graph", 6);

    /** Null when nobody watches. */
    LaunchWatcher launchWatcher;

    /** Null when nobody watches. */
    CaptureWatcher captureWatcher;

    DriverState(SimulatedDevice device, Simulator simulator) {
        this.device = device;
        this.simulator = simulator;
        reports = new DriverReports(simulator.findings());
        gate = new DriverGate(reports);
        accesses = new AccessOrder(simulator.memory());
        pinned = new PinnedMemory(simulator.memory());
    }
}
