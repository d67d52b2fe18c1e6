package crosscut.kernels.collective;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** CRC-32C of a message's payload as it lies in memory; computing it allocates nothing. */
final class PayloadChecksum {

    private final ByteBuffer[] payload;
    private final CRC32C checksum = new CRC32C();

    PayloadChecksum(List<ByteBuffer> payload) {
        this.payload = payload.toArray(ByteBuffer[]::new);
    }

    /** That of the payload as it is now. */
    int compute() {
        checksum.reset();
        for (ByteBuffer buffer : payload) {
            checksum.update(buffer.clear());
        }
        return (int) checksum.getValue();
    }
}
