package crosscut.engine.profile;

import com.sun.management.ThreadMXBean;
import crosscut.engine.cost.OperationCall;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.TimedEvent;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** An op that keeps the time of each launch while somebody measures. */
final class TimedOperation implements Operation {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Device device;
    private final LaunchOrder order;
    private final OperationCall call;
    private final Operation operation;
    private final Supplier<String> layerAtWork;
    private final List<Interval> intervals = new ArrayList<>();
    private final Times times = new Times();
    private int pending;
    private long launches;
    private long firstLaunch;
    private String layer = "";
    private long allocatedBytes;

    private record Interval(TimedEvent begin, TimedEvent end) {}

    /** @param layerAtWork says what layer is being launched */
    TimedOperation(Device device, LaunchOrder order, OperationCall call, Operation operation, Supplier<String> layerAtWork) {
        this.device = device;
        this.order = order;
        this.call = call;
        this.operation = operation;
        this.layerAtWork = layerAtWork;
    }

    @Override
    public void launch(Stream stream) {
        if (!order.isMeasured()) {
            operation.launch(stream);
            return;
        }
        if (pending == intervals.size()) {
            intervals.add(new Interval(device.createTimedEvent(), device.createTimedEvent()));
        }
        Interval interval = intervals.get(pending++);
        order.follow(stream);
        long allocated = THREADS.getTotalThreadAllocatedBytes();
        interval.begin().record(stream);
        operation.launch(stream);
        interval.end().record(stream);
        allocatedBytes += THREADS.getTotalThreadAllocatedBytes() - allocated;
        long place = order.launched(stream, interval.end());
        if (launches++ == 0) {
            firstLaunch = place;
            layer = layerAtWork.get();
        }
    }

    /** Takes the times of the launches since the last call; all of them have run. */
    void collect() {
        for (int i = 0; i < pending; i++) {
            times.add(intervals.get(i).end().secondsSince(intervals.get(i).begin()));
        }
        pending = 0;
    }

    OperationCall call() {
        return call;
    }

    /** The layer that it was first launched in. */
    String layer() {
        return layer;
    }

    /** Launches measured. */
    long launches() {
        return launches;
    }

    /** Measured launches of any op before this one's first. */
    long firstLaunch() {
        return firstLaunch;
    }

    /** Seconds of a launch that nothing disturbed. */
    double seconds() {
        return times.undisturbed();
    }

    /** Bytes of Java heap per launch, of all threads: more than 0 tells that the compiler put vectors on the heap. */
    long allocatedBytes() {
        return launches == 0 ? 0 : allocatedBytes / launches;
    }

    void close() {
        intervals.forEach(interval -> {
            interval.begin().close();
            interval.end().close();
        });
        intervals.clear();
    }
}
