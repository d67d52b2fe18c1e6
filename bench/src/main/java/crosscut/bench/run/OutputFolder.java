package crosscut.bench.run;

import crosscut.engine.UserException;
import crosscut.engine.data.FileFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a run puts its files; what an earlier run of the same preset left there is replaced. */
final class OutputFolder {

    private final Path folder;
    private final String name;

    private OutputFolder(Path folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    /**
     * Makes the folder, and finds out before anything is measured whether files can be written there.
     *
     * @param name of the files, without what comes after the point
     * @throws UserException when they cannot
     */
    static OutputFolder open(Path folder, String name) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, name, ".probe"));
            return new OutputFolder(folder, name);
        } catch (IOException failure) {
            throw cannotWrite(folder, failure);
        }
    }

    Path path() {
        return folder;
    }

    Path file(String ending) {
        return folder.resolve(name + ending);
    }

    void write(String ending, String content) {
        try {
            Files.writeString(file(ending), content);
        } catch (IOException failure) {
            throw cannotWrite(file(ending), failure);
        }
    }

    /** A file to print to; the caller closes it. */
    PrintStream print(String ending) {
        try {
            return new PrintStream(Files.newOutputStream(file(ending)), true, StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw cannotWrite(file(ending), failure);
        }
    }

    /** What to tell the user. */
    static UserException cannotWrite(Path path, IOException failure) {
        return new UserException("--out: cannot write to " + path + ": " + FileFailure.reason(failure), failure);
    }
}
