package crosscut.engine.data;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * One file of a tf_raw split in memory.
 *
 * @param content the whole file
 * @param rowBytes bytes of one sample
 */
public record MappedColumn(Path file, MemorySegment content, int rowBytes) {

    /** Samples in the file. */
    public long rows() {
        return content.byteSize() / rowBytes;
    }
}
