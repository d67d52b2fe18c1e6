package crosscut.engine.data;

import crosscut.engine.UserException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One tf_raw file being written: fixed-size rows, little endian, no header. */
final class ColumnFile implements AutoCloseable {

    private static final int BUFFER_BYTES = 256 << 10;

    private final Path file;
    private final String name;
    private final int rowBytes;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long bytes;

    /** Creates {@code folder/name}, and folders between them. */
    ColumnFile(Path folder, String name, int rowBytes) {
        this.file = folder.resolve(name);
        this.name = name;
        this.rowBytes = rowBytes;
        try {
            Files.createDirectories(file.getParent());
            channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException failure) {
            throw new UserException("cannot create " + file + ": " + FileFailure.reasonFor(file, failure), failure);
        }
    }

    /** As the feature spec names it. */
    String name() {
        return name;
    }

    /** Whole rows written so far. */
    long rows() {
        return bytes / rowBytes;
    }

    void putByte(int value) {
        room(Byte.BYTES).put((byte) value);
    }

    void putShort(int value) {
        room(Short.BYTES).putShort((short) value);
    }

    void putInt(int value) {
        room(Integer.BYTES).putInt(value);
    }

    /** Appends bytes that already have the form of the file. */
    void put(MemorySegment source) {
        long offset = 0;
        while (offset < source.byteSize()) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            long count = Math.min(buffer.remaining(), source.byteSize() - offset);
            MemorySegment.copy(source, offset, MemorySegment.ofBuffer(buffer), 0, count);
            buffer.position(buffer.position() + (int) count);
            bytes += count;
            offset += count;
        }
    }

    /** Writes what is buffered and returns when it is on the disk. */
    void sync() {
        flush();
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

    private ByteBuffer room(int needed) {
        if (buffer.remaining() < needed) {
            flush();
        }
        bytes += needed;
        return buffer;
    }

    private void flush() {
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
        return new UserException("cannot write " + file + ": " + FileFailure.reasonFor(file, failure), failure);
    }
}
