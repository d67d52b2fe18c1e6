package crosscut.bench.run;

/**
 * How long one benchmark is measured.
 *
 * @param warmups iterations that do not count
 * @param iterations iterations that do
 * @param seconds of an iteration; one that takes longer runs once
 */
record Effort(int warmups, int iterations, double seconds) {

    /** A couple of seconds, for a first look. */
    static final Effort BRIEF = new Effort(3, 5, 0.3);
    /** Some ten seconds. */
    static final Effort THOROUGH = new Effort(3, 7, 1);

    /** As many iterations of other lengths. */
    Effort of(double otherSeconds) {
        return new Effort(warmups, iterations, otherSeconds);
    }
}
