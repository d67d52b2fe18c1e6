package crosscut.engine.preprocess;

/** Names of the stages, for people and as keys of the journal. */
final class StageNames {

    static final String STATISTICS = "statistics";

    private StageNames() {
    }

    static String check(int file, InputFile input) {
        return "check file " + (file + 1) + ", " + input.name();
    }

    static String ingest(int file, InputFile input) {
        return "ingest file " + (file + 1) + ", " + input.name();
    }

    static String dictionary(String column) {
        return "dictionary " + column;
    }

    static String label(String split) {
        return "write " + split + " label";
    }

    static String numerical(String split) {
        return "write " + split + " numerical";
    }

    static String categorical(String split, String column) {
        return "write " + split + " categorical " + column;
    }
}
