package crosscut.simulator.driver;

import java.util.List;

/** What a capture has given. */
record CapturedGraph(String name, List<GraphNode> nodes) {
}
