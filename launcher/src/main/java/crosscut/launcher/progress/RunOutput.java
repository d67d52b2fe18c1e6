package crosscut.launcher.progress;

import crosscut.engine.progress.ProgressEvent;
import crosscut.launcher.supervisor.RankOutput;

/** Brings what the ranks say to people and to the log. Progress is the same on every rank, so rank 0's is shown. */
public final class RunOutput implements RankOutput {

    private final ProgressRenderer renderer;
    private final JsonLinesLog log;
    private final int ranks;

    public RunOutput(ProgressRenderer renderer, JsonLinesLog log, int ranks) {
        this.renderer = renderer;
        this.log = log;
        this.ranks = ranks;
    }

    @Override
    public void event(int rank, ProgressEvent event) {
        if (rank == 0) {
            renderer.on(event);
            log.on(event);
        }
    }

    @Override
    public void line(int rank, String line) {
        renderer.line(ranks == 1 ? line : "[rank " + rank + "] " + line);
    }

    @Override
    public void notice(String line) {
        renderer.line(line);
    }

    @Override
    public void close() {
        renderer.close();
        log.close();
    }
}
