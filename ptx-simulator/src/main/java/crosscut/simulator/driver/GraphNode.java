package crosscut.simulator.driver;

import java.util.BitSet;

/** One operation of a graph, and the nodes that it comes after (all of smaller number). */
record GraphNode(DeviceOperation operation, BitSet after) {
}
