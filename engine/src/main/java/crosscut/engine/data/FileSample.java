package crosscut.engine.data;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * Checksums that tell one data set from another without reading all of it: per file its size, its first and last 64 KiB and 16 blocks of 4 KiB at equal
 * distances between them (CRC32C). A file of up to 192 KiB is covered whole. A change that touches none of these places is not seen.
 */
final class FileSample {

    private static final long EDGE_BYTES = 64 << 10;
    private static final long BLOCK_BYTES = 4 << 10;
    private static final int BLOCKS = 16;

    private FileSample() {
    }

    static String checksum(String text) {
        CRC32C checksum = new CRC32C();
        checksum.update(text.getBytes(StandardCharsets.UTF_8));
        return hex(checksum);
    }

    static String checksum(MappedColumn column) {
        CRC32C checksum = new CRC32C();
        checksum.update(Long.toString(column.content().byteSize()).getBytes(StandardCharsets.UTF_8));
        update(checksum, column.content());
        return hex(checksum);
    }

    private static void update(CRC32C checksum, MemorySegment content) {
        long size = content.byteSize();
        if (size <= 2 * EDGE_BYTES + BLOCKS * BLOCK_BYTES) {
            checksum.update(content.asByteBuffer());
            return;
        }
        checksum.update(content.asSlice(0, EDGE_BYTES).asByteBuffer());
        long between = size - 2 * EDGE_BYTES - BLOCK_BYTES;
        for (int block = 0; block < BLOCKS; block++) {
            checksum.update(content.asSlice(EDGE_BYTES + between / (BLOCKS - 1) * block, BLOCK_BYTES).asByteBuffer());
        }
        checksum.update(content.asSlice(size - EDGE_BYTES, EDGE_BYTES).asByteBuffer());
    }

    private static String hex(CRC32C checksum) {
        return HexFormat.of().toHexDigits((int) checksum.getValue());
    }
}
