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

/** Streams: made, waited for, asked, and made to wait for events. */
final class StreamCalls {

    private static final int NON_BLOCKING = 1;

    private final DriverState driver;

    StreamCalls(DriverState driver) {
        this.driver = driver;
    }

    void addTo(UpcallSymbols symbols) {
        MethodHandles.Lookup here = MethodHandles.lookup();
        symbols.add(here, this, "cuStreamCreate", "create", status(ADDRESS, JAVA_INT))
                .add(here, this, "cuStreamCreateWithPriority", "createWithPriority", status(ADDRESS, JAVA_INT, JAVA_INT))
                .add(here, this, "cuStreamDestroy_v2", "destroy", status(JAVA_LONG))
                .add(here, this, "cuStreamSynchronize", "synchronize", status(JAVA_LONG))
                .add(here, this, "cuStreamQuery", "query", status(JAVA_LONG))
                .add(here, this, "cuStreamWaitEvent", "waitEvent", status(JAVA_LONG, JAVA_LONG, JAVA_INT));
    }

    private int create(MemorySegment stream, int flags) {
        return driver.gate.call("cuStreamCreate", () -> create(flags, stream));
    }

    private int createWithPriority(MemorySegment stream, int flags, int priority) {
        return driver.gate.call("cuStreamCreateWithPriority", () -> create(flags, stream));
    }

    private void create(int flags, MemorySegment stream) {
        require((flags & ~NON_BLOCKING) == 0, DriverStatus.INVALID_VALUE, flags + " are no CUstream_flags");
        CallerMemory.writeLong(stream, driver.streams.create(flags != NON_BLOCKING), "phStream");
    }

    private int destroy(long stream) {
        return driver.gate.call("cuStreamDestroy_v2", () -> {
            require(stream > 2, DriverStatus.INVALID_HANDLE, "the default stream cannot be destroyed");
            driver.streams.destroy(stream);
        });
    }

    private int synchronize(long handle) {
        return driver.gate.call("cuStreamSynchronize", () -> {
            SimulatedStream stream = driver.streams.get(handle);
            driver.captureRules.requireNotCapturing(stream, "cuStreamSynchronize");
            driver.timeline.hostWaitsFor(driver.streams.clockOfNext(stream));
        });
    }

    private int query(long handle) {
        return driver.gate.call("cuStreamQuery", () -> {
            SimulatedStream stream = driver.streams.get(handle);
            driver.captureRules.requireNotCapturing(stream, "cuStreamQuery");
            VectorClock clock = driver.streams.clockOfNext(stream);
            if (!driver.timeline.host().covers(clock) && stream.pollsLeft-- > 0) {
                throw new DriverException(DriverStatus.NOT_READY, stream + " has unfinished work");
            }
            driver.timeline.hostWaitsFor(clock);
        });
    }

    private int waitEvent(long handle, long event, int flags) {
        return driver.gate.call("cuStreamWaitEvent", () -> {
            SimulatedStream stream = driver.streams.get(handle);
            SimulatedEvent awaited = driver.events.get(event);
            require((flags & ~1) == 0, DriverStatus.INVALID_VALUE, flags + " are no flags of cuStreamWaitEvent");
            if (awaited.capture != null) {
                joinCapture(stream, awaited);
            } else if (stream.capture != null) {
                stream.capture.requireValid();
                requireInsideCapture(stream, awaited);
            } else if (awaited.recorded != null) {
                stream.clock.join(awaited.recorded);
            }
        });
    }

    private static void joinCapture(SimulatedStream stream, SimulatedEvent awaited) {
        Capture capture = awaited.capture;
        require(!capture.hasEnded(), DriverStatus.CAPTURED_EVENT, "the event was last recorded in a capture that has ended; record it again");
        capture.requireValid();
        if (stream.capture != null && stream.capture != capture) {
            stream.capture.invalidate("it was to wait for an event of another capture");
            capture.invalidate("a stream of another capture was to wait for it");
            throw new DriverException(DriverStatus.STREAM_CAPTURE_MERGE, stream + " and the event belong to different captures");
        }
        capture.join(stream, awaited.capturedAfter);
    }

    private static void requireInsideCapture(SimulatedStream stream, SimulatedEvent awaited) {
        if (awaited.recorded != null) {
            stream.capture.invalidate("it was to wait for an event of work outside");
            throw new DriverException(DriverStatus.STREAM_CAPTURE_ISOLATION, stream + " is being captured and cannot wait for work that is not");
        }
    }
}
