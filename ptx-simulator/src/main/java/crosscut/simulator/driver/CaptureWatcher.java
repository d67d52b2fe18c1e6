package crosscut.simulator.driver;

import java.util.List;

/** Is told of every capture that ends well. */
@FunctionalInterface
public interface CaptureWatcher {

    /** A capture has given a graph of these operations, in the order in which they were enqueued. */
    void captured(List<CapturedOperation> operations);
}
