package crosscut.simulator.driver;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * An asynchronous copy from or to pinned memory that the host has not waited for. The host must leave that memory alone until then; whether it did is known
 * from a checksum. What a copy brings to the host arrives only when the host has waited, so that who reads too early reads the old bytes.
 */
final class PendingTransfer {

    private final MemorySegment host;
    private final MemorySegment arriving;
    private final String description;
    private final Consumer<String> report;
    private final long checksum;

    private PendingTransfer(MemorySegment host, MemorySegment arriving, String description, Consumer<String> report) {
        this.host = host;
        this.arriving = arriving;
        this.description = description;
        this.report = report;
        this.checksum = checksum(host);
    }

    static PendingTransfer from(MemorySegment host, String description, Consumer<String> report) {
        return new PendingTransfer(host, MemorySegment.NULL, description, report);
    }

    static PendingTransfer to(MemorySegment host, MemorySegment arriving, String description, Consumer<String> report) {
        return new PendingTransfer(host, arriving, description, report);
    }


    boolean touches(long address, long bytes) {
        return arriving.byteSize() > 0 && host.address() < address + bytes && address < host.address() + host.byteSize();
    }

    void complete() {
        if (checksum(host) != checksum) {
            report.accept("the host changed the " + host.byteSize() + " bytes of pinned memory at 0x" + Long.toHexString(host.address()) + " while "
                    + description + " was not finished; wait for the stream, or for an event recorded after the copy, before touching them");
        }
        MemorySegment.copy(arriving, 0, host, 0, arriving.byteSize());
    }

    private static long checksum(MemorySegment segment) {
        CRC32C sum = new CRC32C();
        sum.update(segment.asByteBuffer());
        return sum.getValue();
    }
}
