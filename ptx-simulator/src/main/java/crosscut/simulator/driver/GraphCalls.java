package crosscut.simulator.driver;

import static crosscut.simulator.driver.DriverException.require;
import static crosscut.simulator.upcall.UpcallSymbols.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.simulator.upcall.CallerMemory;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Capture of streams into graphs, and graphs. */
final class GraphCalls {

    private static final int NOT_CAPTURING = 0;
    private static final int CAPTURING = 1;
    private static final int INVALIDATED = 2;
    private static final int KNOWN_FLAGS = 15;

    private final DriverState driver;
    private final RandomGenerator random;
    private int captured;

    GraphCalls(DriverState driver, long seed) {
        this.driver = driver;
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    void addTo(UpcallSymbols symbols) {
        MethodHandles.Lookup here = MethodHandles.lookup();
        symbols.add(here, this, "cuStreamBeginCapture_v2", "beginCapture", status(JAVA_LONG, JAVA_INT))
                .add(here, this, "cuStreamEndCapture", "endCapture", status(JAVA_LONG, ADDRESS))
                .add(here, this, "cuStreamIsCapturing", "isCapturing", status(JAVA_LONG, ADDRESS))
                .add(here, this, "cuThreadExchangeStreamCaptureMode", "exchangeMode", status(ADDRESS))
                .add(here, this, "cuGraphInstantiateWithFlags", "instantiate", status(ADDRESS, JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuGraphUpload", "upload", status(JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuGraphLaunch", "launch", status(JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuGraphExecDestroy", "destroyExecutable", status(JAVA_LONG))
                .add(here, this, "cuGraphDestroy", "destroy", status(JAVA_LONG));
    }

    private int beginCapture(long handle, int mode) {
        return driver.gate.call("cuStreamBeginCapture_v2", () -> {
            SimulatedStream stream = driver.streams.get(handle);
            CaptureMode captureMode = CaptureMode.of(mode);
            require(stream != driver.streams.legacy(), DriverStatus.STREAM_CAPTURE_UNSUPPORTED, "the default stream cannot be captured");
            require(stream.capture == null, DriverStatus.INVALID_VALUE, stream + " is being captured already");
            new Capture(stream, captureMode).begin();
        });
    }

    private int endCapture(long handle, MemorySegment graph) {
        return driver.gate.call("cuStreamEndCapture", () -> {
            SimulatedStream stream = driver.streams.get(handle);
            Capture capture = stream.capture;
            CallerMemory.writeLong(graph, 0, "phGraph");
            require(capture != null, DriverStatus.INVALID_VALUE, stream + " is not being captured");
            require(capture.origin == stream, DriverStatus.STREAM_CAPTURE_UNMATCHED, "the capture began in " + capture.origin + " and cannot end in " + stream);
            require(capture.mode == CaptureMode.RELAXED || capture.beginner == Thread.currentThread(), DriverStatus.STREAM_CAPTURE_WRONG_THREAD,
                    "the capture was begun by thread " + capture.beginner.getName());
            List<GraphNode> nodes = capture.end();
            if (driver.captureWatcher != null) {
                driver.captureWatcher.captured(capture.recorded());
            }
            CallerMemory.writeLong(graph, driver.graphs.add(new CapturedGraph("graph " + ++captured, nodes)), "phGraph");
        });
    }

    private int isCapturing(long handle, MemorySegment answer) {
        return driver.gate.call("cuStreamIsCapturing", () -> {
            Capture capture = driver.streams.get(handle).capture;
            CallerMemory.writeInt(answer, capture == null ? NOT_CAPTURING : capture.isInvalid() ? INVALIDATED : CAPTURING, "captureStatus");
        });
    }

    private int exchangeMode(MemorySegment mode) {
        return driver.gate.call("cuThreadExchangeStreamCaptureMode", () -> {
            CaptureMode before = driver.captureRules.exchangeMode(CaptureMode.of(CallerMemory.readInt(mode, "mode")));
            CallerMemory.writeInt(mode, before.ordinal(), "mode");
        });
    }

    private int instantiate(MemorySegment executable, long graph, long flags) {
        return driver.gate.call("cuGraphInstantiateWithFlags", () -> {
            CapturedGraph source = driver.graphs.get(graph);
            require((flags & ~KNOWN_FLAGS) == 0, DriverStatus.INVALID_VALUE, flags + " are no CUgraphInstantiate_flags");
            CallerMemory.writeLong(executable, driver.executables.add(new ExecutableGraph(source.name(), source.nodes(), driver.timeline, random)),
                    "phGraphExec");
        });
    }

    private int upload(long executable, long stream) {
        return driver.gate.call("cuGraphUpload", () -> {
            driver.executables.get(executable);
            driver.streams.get(stream);
        });
    }

    private int launch(long executable, long handle) {
        return driver.gate.call("cuGraphLaunch", () -> {
            ExecutableGraph graph = driver.executables.get(executable);
            SimulatedStream stream = driver.streams.get(handle);
            require(stream.capture == null, DriverStatus.NOT_SUPPORTED, stream + " is being captured: the simulator has no child graphs");
            graph.launch(driver.queue, stream);
        });
    }

    private int destroyExecutable(long executable) {
        return driver.gate.call("cuGraphExecDestroy", () -> driver.executables.remove(executable).close(driver.timeline));
    }

    private int destroy(long graph) {
        return driver.gate.call("cuGraphDestroy", () -> driver.graphs.remove(graph));
    }
}
