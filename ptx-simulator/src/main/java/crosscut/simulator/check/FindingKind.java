package crosscut.simulator.check;

/** What was found, by the words that reports use. */
public enum FindingKind {
    FAULT("fault"),
    UNINITIALISED("read of memory that nothing wrote"),
    RACE("race"),
    BARRIER("barrier that not all threads reach"),
    SHUFFLE("exchange with an absent lane"),
    MISSING_WAIT("missing wait"),
    ARGUMENT("wrong argument"),
    LEAK("leak");

    private final String text;

    FindingKind(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }
}
