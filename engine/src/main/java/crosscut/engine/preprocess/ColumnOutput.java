package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.data.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One file of a tf_raw folder while it is written, little endian. It gets its name in {@link #finish}. */
final class ColumnOutput implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 20;

    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private ColumnOutput(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static ColumnOutput create(Path file) {
        try {
            Files.createDirectories(file.getParent());
            return new ColumnOutput(file, FileChannel.open(DurableFiles.unfinished(file), StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE));
        } catch (IOException failure) {
            throw new UserException("cannot create " + file + ": " + FileFailure.reason(failure), failure);
        }
    }

    /** The buffer with room for at least {@code bytes} more, at most a few thousand rows' worth. */
    ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            drain();
        }
        return buffer;
    }

    /** Brings everything to the disk and gives the file its name. */
    void finish() {
        drain();
        try {
            channel.close();
            DurableFiles.finish(file);
        } catch (IOException failure) {
            throw failed(failure);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw failed(failure);
        }
    }

    private void drain() {
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException failure) {
            throw failed(failure);
        }
        buffer.clear();
    }

    private UserException failed(IOException failure) {
        return new UserException("cannot write " + file + ": " + FileFailure.reason(failure), failure);
    }
}
