package crosscut.launcher.progress;

import crosscut.engine.progress.ProgressListener;

/** Shows one run to people. Lines of other origin go through it as well, so that they do not tear a progress bar apart. */
public interface ProgressRenderer extends ProgressListener, AutoCloseable {

    /** Shows a line as it is. */
    void line(String text);

    @Override
    void close();
}
