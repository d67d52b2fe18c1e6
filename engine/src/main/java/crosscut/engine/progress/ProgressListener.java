package crosscut.engine.progress;

/** Receives the events of one run, in order and on the thread that trains. */
@FunctionalInterface
public interface ProgressListener {

    /** Takes one event; must return quickly, because the training step waits for it. */
    void on(ProgressEvent event);
}
