package crosscut.engine.memory;

import crosscut.kernels.device.PlannedMemory;
import java.util.Collections;
import java.util.List;

/** What launches of products need while they run: as much as the largest, for each thread that launches products at the same time as others. */
final class LaunchMemory {

    private int threads = 1;
    private long largest;

    /** A product is bound, whose launches need so much. */
    void need(long bytes) {
        largest = Math.max(largest, bytes);
    }

    /** So many threads launch products at the same time. */
    void launchedBy(int count) {
        threads = Math.max(threads, count);
    }

    /** An entry for each thread; none where nothing is needed. */
    List<PlannedMemory> planned() {
        return largest == 0 ? List.of() : Collections.nCopies(threads, new PlannedMemory("copies of operands", largest));
    }
}
