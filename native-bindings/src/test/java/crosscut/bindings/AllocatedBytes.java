package crosscut.bindings;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Java heap that the calling thread takes. */
public final class AllocatedBytes {

    private static final int MOST_WINDOWS = 200;
    private static final int CALLS = 1000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocatedBytes() {
    }

    /** Bytes of {@value #CALLS} calls once the compiler has taken over: 0, or what the last of many windows took. */
    public static long onceWarm(Runnable call) {
        long allocated = Long.MAX_VALUE;
        for (int window = 0; window < MOST_WINDOWS && allocated > 0; window++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                call.run();
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        return allocated;
    }
}
