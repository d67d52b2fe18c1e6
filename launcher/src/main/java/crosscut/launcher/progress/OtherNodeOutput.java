package crosscut.launcher.progress;

import crosscut.engine.progress.ProgressEvent;
import crosscut.launcher.supervisor.RankOutput;
import java.io.PrintWriter;

/**
 * Output of a node without rank 0, whose progress and log are written where rank 0 is: what its ranks print.
 *
 * @param out where to
 */
public record OtherNodeOutput(PrintWriter out) implements RankOutput {

    @Override
    public void event(int rank, ProgressEvent event) {
        // Rank 0 reports the same.
    }

    @Override
    public void line(int rank, String line) {
        out.println("[rank " + rank + "] " + line);
    }

    @Override
    public void notice(String line) {
        out.println(line);
    }

    @Override
    public void close() {
        out.flush();
    }
}
