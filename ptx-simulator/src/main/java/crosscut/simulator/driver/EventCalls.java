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

/** Events: made, recorded, waited for, asked, and the time between two of them. */
final class EventCalls {

    private static final int DISABLE_TIMING = 2;
    private static final int INTERPROCESS = 4;
    private static final float NANOSECONDS_PER_MILLISECOND = 1e6f;

    private final DriverState driver;

    EventCalls(DriverState driver) {
        this.driver = driver;
    }

    void addTo(UpcallSymbols symbols) {
        MethodHandles.Lookup here = MethodHandles.lookup();
        symbols.add(here, this, "cuEventCreate", "create", status(ADDRESS, JAVA_INT))
                .add(here, this, "cuEventDestroy_v2", "destroy", status(JAVA_LONG))
                .add(here, this, "cuEventRecord", "record", status(JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuEventQuery", "query", status(JAVA_LONG))
                .add(here, this, "cuEventSynchronize", "synchronize", status(JAVA_LONG))
                .add(here, this, "cuEventElapsedTime", "elapsedTime", status(ADDRESS, JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuEventElapsedTime_v2", "elapsedTime", status(ADDRESS, JAVA_LONG, JAVA_LONG));
    }

    private int create(MemorySegment event, int flags) {
        return driver.gate.call("cuEventCreate", () -> {
            require((flags & ~7) == 0 && ((flags & INTERPROCESS) == 0 || (flags & DISABLE_TIMING) != 0), DriverStatus.INVALID_VALUE, flags
                    + " are no CUevent_flags");
            CallerMemory.writeLong(event, driver.events.add(new SimulatedEvent((flags & DISABLE_TIMING) == 0)), "phEvent");
        });
    }

    private int destroy(long event) {
        return driver.gate.call("cuEventDestroy_v2", () -> driver.events.remove(event));
    }

    private int record(long handle, long streamHandle) {
        return driver.gate.call("cuEventRecord", () -> {
            SimulatedEvent event = driver.events.get(handle);
            SimulatedStream stream = driver.streams.get(streamHandle);
            if (stream.capture != null) {
                stream.capture.requireValid();
                event.capture = stream.capture;
                event.capturedAfter = stream.capture.lastNodes(stream);
                return;
            }
            event.capture = null;
            event.recorded = new VectorClock(driver.streams.clockOfNext(stream));
            event.nanoseconds = System.nanoTime();
            event.pollsLeft = driver.device.pollsUntilReady();
        });
    }

    private int query(long handle) {
        return driver.gate.call("cuEventQuery", () -> {
            SimulatedEvent event = outsideCapture(handle);
            driver.captureRules.requireSafe("cuEventQuery");
            if (event.recorded == null) {
                return;
            }
            if (!driver.timeline.host().covers(event.recorded) && event.pollsLeft-- > 0) {
                throw new DriverException(DriverStatus.NOT_READY, "the work before the event is not finished");
            }
            driver.timeline.hostWaitsFor(event.recorded);
        });
    }

    private int synchronize(long handle) {
        return driver.gate.call("cuEventSynchronize", () -> {
            SimulatedEvent event = outsideCapture(handle);
            if (event.recorded != null) {
                driver.timeline.hostWaitsFor(event.recorded);
            }
        });
    }

    private SimulatedEvent outsideCapture(long handle) {
        SimulatedEvent event = driver.events.get(handle);
        if (event.capture != null) {
            event.capture.invalidate("the host asked about an event that was recorded in it");
            throw new DriverException(DriverStatus.CAPTURED_EVENT, "the event was last recorded in a capture of " + event.capture.origin);
        }
        return event;
    }

    private int elapsedTime(MemorySegment milliseconds, long start, long end) {
        return driver.gate.call("cuEventElapsedTime", () -> {
            SimulatedEvent first = outsideCapture(start);
            SimulatedEvent last = outsideCapture(end);
            require(first.isTimed && last.isTimed, DriverStatus.INVALID_HANDLE, "an event was created with CU_EVENT_DISABLE_TIMING");
            require(first.recorded != null && last.recorded != null, DriverStatus.INVALID_HANDLE, "an event was not recorded");
            VectorClock host = driver.timeline.host();
            require(host.covers(first.recorded) && host.covers(last.recorded), DriverStatus.NOT_READY, "the host has not waited for both events");
            float elapsed = (last.nanoseconds - first.nanoseconds) / NANOSECONDS_PER_MILLISECOND;
            CallerMemory.writeInt(milliseconds, Float.floatToRawIntBits(elapsed), "pMilliseconds");
        });
    }
}
