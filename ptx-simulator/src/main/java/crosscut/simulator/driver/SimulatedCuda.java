package crosscut.simulator.driver;

import crosscut.simulator.Simulator;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.check.FindingLog;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Map;
import java.util.Optional;

/**
 * A CUDA driver for machines without a GPU: give it to a binding in place of libcuda. Its functions have the signatures of cuda.h, return a driver's statuses
 * and run kernels in the {@link Simulator}; what a GPU would not show is in {@link #findings()}. Callers from several threads take turns.
 */
public final class SimulatedCuda implements SymbolLookup, AutoCloseable {

    private final UpcallSymbols symbols = new UpcallSymbols();
    private final DriverState driver;
    private final DeviceCalls deviceCalls;
    private boolean isClosed;

    /** A driver with one default device. */
    public SimulatedCuda(SimulatorOptions options) {
        this(options, SimulatedDevice.defaults());
    }

    /** A driver with one device; {@code options} say how kernels run and seed the order of the branches of graphs. */
    public SimulatedCuda(SimulatorOptions options, SimulatedDevice device) {
        driver = new DriverState(device, new Simulator(options));
        deviceCalls = new DeviceCalls(driver);
        deviceCalls.addTo(symbols);
        new MemoryCalls(driver).addTo(symbols);
        new CopyCalls(driver).addTo(symbols);
        new StreamCalls(driver).addTo(symbols);
        new EventCalls(driver).addTo(symbols);
        new ModuleCalls(driver).addTo(symbols);
        new FunctionCalls(driver).addTo(symbols);
        new LaunchCalls(driver).addTo(symbols);
        new GraphCalls(driver, options.seed()).addTo(symbols);
        new UnsupportedCalls(driver).addTo(symbols);
        new ErrorCalls(driver, symbols).add();
    }

    @Override
    public Optional<MemorySegment> find(String name) {
        return symbols.find(name);
    }

    /** The signature of every function, as cuda.h declares it; handles and device addresses are 8-byte integers. */
    public Map<String, FunctionDescriptor> descriptors() {
        return symbols.descriptors();
    }

    /** What the checks have found so far. */
    public FindingLog findings() {
        return driver.simulator.findings();
    }

    /** Why the last failed call failed, in words; a driver gives only the status. */
    public Optional<String> lastError() {
        return driver.gate.lastError();
    }

    /** From now on {@code watcher} is told of every launch before it runs. */
    public void watchLaunches(LaunchWatcher watcher) {
        driver.gate.exclusively(() -> driver.launchWatcher = watcher);
    }

    /** From now on {@code watcher} is told of every capture that ends well. */
    public void watchCaptures(CaptureWatcher watcher) {
        driver.gate.exclusively(() -> driver.captureWatcher = watcher);
    }

    /** The simulator behind the driver. */
    public Simulator simulator() {
        return driver.simulator;
    }

    /**
     * Does {@code operation} as work of a stream, or adds it to the stream's capture: how other simulated libraries, such as cuBLASLt, enqueue theirs.
     *
     * @throws DriverException when there is no such stream, no current context, or its capture is invalid
     */
    public void enqueue(long stream, DeviceOperation operation) {
        driver.gate.exclusively(() -> driver.queue.enqueue(driver.streams.get(stream), operation));
    }

    /**
     * Ends the driver; its functions then answer that it is shut down. What callers have not freed becomes a finding each: allocations, pinned memory, streams,
     * events, modules, graphs and a retained context.
     */
    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            driver.gate.exclusively(() -> {
                driver.timeline.hostWaitsFor(driver.streams.everything());
                new Leaks(driver).report(deviceCalls.retained());
                driver.pinned.close();
                driver.gate.close();
                driver.simulator.close();
            });
        }
    }
}
