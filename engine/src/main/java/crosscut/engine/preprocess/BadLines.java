package crosscut.engine.preprocess;

import crosscut.engine.UserException;

/** Counts the lines that cannot be used over all files and ends the run when there are more than allowed. */
final class BadLines {

    private final long allowed;
    private final PreprocessListener listener;
    private long count;

    BadLines(long allowed, PreprocessListener listener) {
        this.allowed = allowed;
        this.listener = listener;
    }

    /** Another line that is left out. Throws {@link UserException} naming it when that is one too many. */
    void add(InputFile file, long line, String fault) {
        count++;
        String place = file.path() + ", line " + line + " " + fault;
        if (count > allowed) {
            throw new UserException(place + (allowed == 0 ? "; correct it, or leave such lines out with --max_bad_lines N"
                    : "; it is bad line " + count + ", and --max_bad_lines allows " + allowed));
        }
        listener.warned("left out: " + place);
    }

    /** Lines that an earlier, interrupted run left out. */
    void addKnown(long lines) {
        count += lines;
    }

    long count() {
        return count;
    }
}
