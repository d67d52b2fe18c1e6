package crosscut.simulator.program;

/**
 * A line of the program that PTX was compiled from; of inlined functions the place they were inlined into.
 *
 * @param file file name, without folders
 * @param line counted from 1
 */
public record SourceLine(String file, int line) {

    @Override
    public String toString() {
        return file + ":" + line;
    }
}
