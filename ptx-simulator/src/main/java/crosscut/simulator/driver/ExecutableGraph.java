package crosscut.simulator.driver;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;

/** A graph made ready to launch: a lane for every node, where a node that follows another one may run in its lane. */
final class ExecutableGraph {

    private final String name;
    private final List<GraphNode> nodes;
    private final int[] lanes;
    private final List<Integer> openedLanes = new ArrayList<>();
    private final VectorClock previousLaunch = new VectorClock();
    private final RandomGenerator random;

    ExecutableGraph(String name, List<GraphNode> nodes, Timeline timeline, RandomGenerator random) {
        this.name = name;
        this.nodes = nodes;
        this.random = random;
        lanes = new int[nodes.size()];
        BitSet continued = new BitSet();
        for (int node = 0; node < nodes.size(); node++) {
            BitSet before = (BitSet) nodes.get(node).after().clone();
            before.andNot(continued);
            if (before.isEmpty()) {
                lanes[node] = timeline.openLane();
                openedLanes.add(lanes[node]);
            } else {
                int previous = before.nextSetBit(0);
                continued.set(previous);
                lanes[node] = lanes[previous];
            }
        }
    }

    /** Runs all nodes; a launch comes after the launch before, whatever stream that was in. */
    void launch(WorkQueue queue, SimulatedStream stream) {
        stream.clock.join(previousLaunch);
        queue.launch(stream, name, nodes, lanes, random);
        previousLaunch.join(stream.clock);
    }

    void close(Timeline timeline) {
        openedLanes.forEach(timeline::closeLane);
    }
}
