package crosscut.launcher.supervisor;

import crosscut.engine.progress.ProgressEvent;

/** What becomes of the ranks' output. Called from several threads; {@link #close} comes last. */
public interface RankOutput extends AutoCloseable {

    /** Rank {@code rank} reports progress. */
    void event(int rank, ProgressEvent event);

    /** A line that rank {@code rank} wrote to its standard output or standard error. */
    void line(int rank, String line);

    /** A line of the supervisor itself. */
    void notice(String line);

    @Override
    void close();
}
