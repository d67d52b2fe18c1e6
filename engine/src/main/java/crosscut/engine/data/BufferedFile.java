package crosscut.engine.data;

import crosscut.engine.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** A file being written through one large little-endian buffer. Failures name the file that the content is for. */
public final class BufferedFile implements AutoCloseable {

    private static final int BUFFER_BYTES = 256 << 10;

    private final Path subject;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /**
     * Opens {@code file}, and creates the folders above it.
     *
     * @param subject the name in messages: the file's final name, where it is written under another
     */
    public BufferedFile(Path file, Path subject, OpenOption... options) {
        this.subject = subject;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            channel = FileChannel.open(file, options);
        } catch (IOException failure) {
            throw new UserException("cannot create " + subject + ": " + FileFailure.reasonFor(subject, failure), failure);
        }
    }

    /** The buffer with room for at least {@code bytes} more, at most its size. */
    public ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            drain();
        }
        return buffer;
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

    /** Writes what is buffered and returns when it is on the disk. */
    public void sync() {
        drain();
        try {
            channel.force(true);
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

    private UserException failed(IOException failure) {
        return new UserException("cannot write " + subject + ": " + FileFailure.reasonFor(subject, failure), failure);
    }
}
