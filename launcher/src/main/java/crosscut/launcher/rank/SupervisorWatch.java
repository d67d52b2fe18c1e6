package crosscut.launcher.rank;

import java.io.IOException;
import java.io.InputStream;

/**
 * Ends the process when its supervisor is gone. The supervisor holds the other end of the rank's standard input and never writes; the system closes it however
 * the supervisor ends, also by {@code kill -9}.
 */
final class SupervisorWatch {

    /** As after SIGHUP, which tells a process that its terminal is gone. */
    static final int SUPERVISOR_GONE = 129;

    private SupervisorWatch() {
    }

    static void start(InputStream input) {
        Thread.ofPlatform().daemon().name("supervisor-watch").start(() -> {
            awaitEnd(input);
            Runtime.getRuntime().halt(SUPERVISOR_GONE);
        });
    }

    private static void awaitEnd(InputStream input) {
        try {
            while (input.read() >= 0) {
                // Whatever arrives means only that somebody is there.
                continue;
            }
        } catch (IOException broken) {
            // A broken pipe tells the same as a closed one.
            return;
        }
    }
}
