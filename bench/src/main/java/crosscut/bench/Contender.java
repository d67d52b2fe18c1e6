package crosscut.bench;

import java.util.Map;

/** One side of a race: a piece of work that is done again and again on the same input. */
public interface Contender extends AutoCloseable {

    /** Does the work once; returns the loss before the update, 0 for work without a loss. */
    double run();

    /** What the other side must have got too after as many runs: the logits of the newest run, or, of work without logits, what it changed. */
    float[] outputs();

    /** What a report should say about this side beside its speed: versions and settings by name. */
    default Map<String, String> facts() {
        return Map.of();
    }

    @Override
    void close();
}
