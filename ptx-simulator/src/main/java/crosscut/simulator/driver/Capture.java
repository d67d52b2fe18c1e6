package crosscut.simulator.driver;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A capture in progress: the graph so far, and for each stream of the capture the nodes that its next operation comes after. */
final class Capture {

    final SimulatedStream origin;
    final CaptureMode mode;
    final Thread beginner = Thread.currentThread();
    private final List<GraphNode> nodes = new ArrayList<>();
    private final List<CapturedOperation> recorded = new ArrayList<>();
    private final Map<SimulatedStream, BitSet> lastNodes = new LinkedHashMap<>();
    private String invalidBecause;
    private boolean hasEnded;

    Capture(SimulatedStream origin, CaptureMode mode) {
        this.origin = origin;
        this.mode = mode;
    }

    void begin() {
        join(origin, new BitSet());
    }

    void invalidate(String reason) {
        if (invalidBecause == null) {
            invalidBecause = reason;
        }
    }

    boolean isInvalid() {
        return invalidBecause != null;
    }

    boolean hasEnded() {
        return hasEnded;
    }

    void requireValid() {
        if (invalidBecause != null) {
            throw new DriverException(DriverStatus.STREAM_CAPTURE_INVALIDATED, "the capture of " + origin + " was invalidated: " + invalidBecause);
        }
    }

    /** The operation becomes a node after the last nodes of its stream. */
    void add(SimulatedStream stream, DeviceOperation operation) {
        requireValid();
        BitSet last = lastNodes.get(stream);
        nodes.add(new GraphNode(operation, (BitSet) last.clone()));
        recorded.add(new CapturedOperation(List.copyOf(lastNodes.keySet()).indexOf(stream), operation.description(), last.stream().boxed().toList()));
        last.clear();
        last.set(nodes.size() - 1);
    }

    BitSet lastNodes(SimulatedStream stream) {
        return (BitSet) lastNodes.get(stream).clone();
    }

    /** The next operation of {@code stream} also comes after {@code after}; a stream outside the capture joins it. */
    void join(SimulatedStream stream, BitSet after) {
        stream.capture = this;
        lastNodes.computeIfAbsent(stream, joined -> new BitSet()).or(after);
    }

    /**
     * Ends the capture.
     *
     * @throws DriverException UNJOINED when work of a forked stream does not come before the origin's end
     */
    List<GraphNode> end() {
        hasEnded = true;
        lastNodes.keySet().forEach(stream -> stream.capture = null);
        requireValid();
        BitSet joined = ancestors(lastNodes.get(origin));
        lastNodes.forEach((stream, last) -> {
            BitSet unjoined = (BitSet) last.clone();
            unjoined.andNot(joined);
            if (!unjoined.isEmpty()) {
                throw new DriverException(DriverStatus.STREAM_CAPTURE_UNJOINED, nodes.get(unjoined.nextSetBit(0)).operation().description() + " of " + stream
                        + " was not joined back: record an event after it and let " + origin + " wait for that event before the capture ends");
            }
        });
        return List.copyOf(nodes);
    }

    /** The operations so far, for people and tests. */
    List<CapturedOperation> recorded() {
        return List.copyOf(recorded);
    }

    private BitSet ancestors(BitSet last) {
        BitSet all = (BitSet) last.clone();
        for (int node = all.length() - 1; node >= 0; node--) {
            if (all.get(node)) {
                all.or(nodes.get(node).after());
            }
        }
        return all;
    }
}
