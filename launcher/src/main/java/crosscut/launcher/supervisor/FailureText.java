package crosscut.launcher.supervisor;

import crosscut.launcher.rank.RankFailure;
import java.io.PrintWriter;
import java.util.Map;

/**
 * Says why a run failed.
 *
 * @param ranks number of ranks; a single one is not worth naming
 */
record FailureText(int ranks) {

    private static final int SIGNAL_BASE = 128;
    private static final Map<Integer, String> SIGNALS = Map.of(
            2, "SIGINT", 6, "SIGABRT: the JVM crashed, an hs_err_pid file says where", 7, "SIGBUS: a mapped file was cut short", 9,
            "SIGKILL: often the kernel's when memory is short, dmesg tells", 11, "SIGSEGV: the JVM crashed, an hs_err_pid file says where", 15, "SIGTERM");

    void print(RankProcess failed, PrintWriter errors) {
        RankFailure failure = failed.failure().orElse(null);
        String who = ranks == 1 ? "" : "rank " + failed.rank() + ": ";
        if (failure == null) {
            errors.println("crosscut: rank " + failed.rank() + " of " + ranks + " ended with exit status " + failed.status() + signal(failed.status())
                    + others());
            return;
        }
        if (!failure.stackTrace().isEmpty()) {
            errors.print(failure.stackTrace());
        }
        errors.println("crosscut: " + who + failure.message() + (ranks == 1 ? "" : " (exit status " + failed.status() + others() + ")"));
    }

    private String others() {
        return ranks == 1 ? "" : "; the other ranks were ended";
    }

    private static String signal(int status) {
        int signal = status - SIGNAL_BASE;
        return signal > 0 && signal < 65 ? " (" + SIGNALS.getOrDefault(signal, "signal " + signal) + ")" : "";
    }
}
