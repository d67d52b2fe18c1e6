package crosscut.simulator.driver;

/** Work of a stream: it runs when it is enqueued, or each time the graph is launched that captured it. */
public interface DeviceOperation {

    /** What it is, for findings: "kernel gather", "copy of 64 bytes to the host". */
    String description();

    /** Does the work, and says through {@code access} which memory it reads and writes. */
    void execute(OperationAccess access);
}
