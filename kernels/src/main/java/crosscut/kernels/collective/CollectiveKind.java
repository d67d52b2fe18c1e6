package crosscut.kernels.collective;

/** The exchanges, as messages name them. */
enum CollectiveKind {
    ALL_TO_ALL("all-to-all"),
    ALL_REDUCE("all-reduce"),
    ALL_GATHER("all-gather"),
    BROADCAST("broadcast"),
    BARRIER("barrier"),
    GATHER("gather"),
    REDUCE_SCATTER("reduce-scatter");

    private static final CollectiveKind[] KINDS = values();

    private final String text;

    CollectiveKind(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** Text for a number that came over the wire. */
    static String textOf(int ordinal) {
        return ordinal >= 0 && ordinal < KINDS.length ? KINDS[ordinal].text : "something unknown (" + ordinal + ")";
    }
}
