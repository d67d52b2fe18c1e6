package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.data.BufferedFile;
import crosscut.engine.data.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One file of a tf_raw folder while it is written, little endian. It gets its name in {@link #finish}. */
final class ColumnOutput implements AutoCloseable {

    private final Path path;
    private final BufferedFile file;

    private ColumnOutput(Path path) {
        this.path = path;
        this.file = new BufferedFile(DurableFiles.unfinished(path), path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
    }

    static ColumnOutput create(Path path) {
        return new ColumnOutput(path);
    }

    /** The buffer with room for at least {@code bytes} more, at most a few thousand rows' worth. */
    ByteBuffer room(int bytes) {
        return file.room(bytes);
    }

    /** Brings everything to the disk and gives the file its name. */
    void finish() {
        file.sync();
        file.close();
        try {
            DurableFiles.finish(path);
        } catch (IOException failure) {
            throw new UserException("cannot write " + path + ": " + FileFailure.reason(failure), failure);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
