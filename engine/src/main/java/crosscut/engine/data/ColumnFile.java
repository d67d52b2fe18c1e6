package crosscut.engine.data;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One tf_raw file being written: fixed-size rows, little endian, no header. */
final class ColumnFile implements AutoCloseable {

    private final String name;
    private final int rowBytes;
    private final BufferedFile file;
    private long bytes;

    /** Creates {@code folder/name}, and folders between them. */
    ColumnFile(Path folder, String name, int rowBytes) {
        this.name = name;
        this.rowBytes = rowBytes;
        Path path = folder.resolve(name);
        file = new BufferedFile(path, path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
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
            ByteBuffer buffer = file.room(1);
            long count = Math.min(buffer.remaining(), source.byteSize() - offset);
            MemorySegment.copy(source, offset, MemorySegment.ofBuffer(buffer), 0, count);
            buffer.position(buffer.position() + (int) count);
            bytes += count;
            offset += count;
        }
    }

    /** Writes what is buffered and returns when it is on the disk. */
    void sync() {
        file.sync();
    }

    @Override
    public void close() {
        file.close();
    }

    private ByteBuffer room(int needed) {
        bytes += needed;
        return file.room(needed);
    }
}
