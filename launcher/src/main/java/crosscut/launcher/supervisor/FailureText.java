package crosscut.launcher.supervisor;

import crosscut.launcher.rank.RankFailure;
import java.util.ArrayList;
import java.util.List;
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

    /**
     * What to tell: one line, before it the stack trace where it was asked for, after it the last lines of a rank that could not say itself why it ended.
     *
     * @param then what follows from it, appended to the one line
     */
    List<String> lines(RankProcess failed, String then) {
        List<String> lines = new ArrayList<>();
        RankFailure failure = failed.failure().orElse(null);
        if (failure == null) {
            lines.add("crosscut: rank " + failed.rank() + " of " + ranks + " ended with exit status " + failed.status() + signal(failed.status()) + others()
                    + then);
            lastLines(failed, lines);
            return lines;
        }
        failure.stackTrace().lines().forEach(lines::add);
        String who = ranks == 1 ? "" : "rank " + failed.rank() + ": ";
        lines.add("crosscut: " + who + failure.message() + (ranks == 1 ? "" : " (exit status " + failed.status() + others() + ")") + then);
        return lines;
    }

    private static void lastLines(RankProcess failed, List<String> lines) {
        List<String> last = failed.lastLines();
        if (!last.isEmpty()) {
            lines.add("the last that rank " + failed.rank() + " wrote:");
            last.forEach(line -> lines.add("    " + line));
        }
    }

    private String others() {
        return ranks == 1 ? "" : "; the other ranks were ended";
    }

    private static String signal(int status) {
        int signal = status - SIGNAL_BASE;
        return signal > 0 && signal < 65 ? " (" + SIGNALS.getOrDefault(signal, "signal " + signal) + ")" : "";
    }
}
