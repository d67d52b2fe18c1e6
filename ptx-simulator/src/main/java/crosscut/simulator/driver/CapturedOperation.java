package crosscut.simulator.driver;

import java.util.List;

/**
 * An operation that a capture has recorded.
 *
 * @param stream which stream of the capture it was enqueued in: 0 is the one where the capture began, the others are numbered as they joined
 * @param description as findings name it: "kernel gather", "copy of 64 bytes to the host"
 * @param after places in the recording of those that it waits for
 */
public record CapturedOperation(int stream, String description, List<Integer> after) {

    public CapturedOperation {
        after = List.copyOf(after);
    }
}
