package crosscut.kernels.collective;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * What one exchange moves to or from one peer, in one direction: a header of 24 bytes (int number of the exchange, int kind, long payload bytes, long
 * checksum of the payload or -1; little endian), then the payload. A small payload is staged behind the header, so that it goes out in one packet; a large one
 * moves straight between socket and tensors. Made once, started for every launch, and nothing is allocated in between.
 */
final class WireMessage {

    /** Above this, copying costs more than a second system call. */
    static final int LARGEST_STAGED_PAYLOAD = 32 << 10;

    private static final int HEADER_BYTES = 24;
    private static final int KIND_OFFSET = 4;
    private static final int LENGTH_OFFSET = 8;
    private static final int CHECKSUM_OFFSET = 16;
    private static final long NO_CHECKSUM = -1;
    private static final long LARGEST_BUFFER = 1L << 30;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int peer;
    private final MemorySegment[] pieces;
    private final long payloadBytes;
    private final boolean isStaged;
    private final MemorySegment staging;
    private final ByteBuffer[] buffers;
    private final PayloadChecksum checksum;
    private int current;
    private boolean headerChecked;

    /**
     * Lays a message out.
     *
     * @param peer the other rank
     * @param pieces where the payload lies or goes
     * @param hasChecksum whether a checksum goes along, as all ranks have to do it
     * @param arena owns the staging memory
     */
    WireMessage(int peer, MemorySegment[] pieces, boolean hasChecksum, Arena arena) {
        this.peer = peer;
        this.pieces = pieces;
        long bytes = 0;
        for (MemorySegment piece : pieces) {
            bytes += piece.byteSize();
        }
        this.payloadBytes = bytes;
        this.isStaged = bytes <= LARGEST_STAGED_PAYLOAD;
        this.staging = arena.allocate(isStaged ? HEADER_BYTES + bytes : HEADER_BYTES, Long.BYTES);
        List<ByteBuffer> moved = new ArrayList<>(List.of(staging.asByteBuffer()));
        moved.addAll(isStaged ? List.of() : payload());
        this.buffers = moved.toArray(ByteBuffer[]::new);
        this.checksum = hasChecksum ? new PayloadChecksum(payload()) : null;
    }

    private List<ByteBuffer> payload() {
        List<ByteBuffer> buffers = new ArrayList<>();
        for (MemorySegment piece : pieces) {
            for (long from = 0; from < piece.byteSize(); from += LARGEST_BUFFER) {
                buffers.add(piece.asSlice(from, Math.min(LARGEST_BUFFER, piece.byteSize() - from)).asByteBuffer());
            }
        }
        return buffers;
    }

    /** Prepares to send the payload as it is now. */
    void startSending(int number, CollectiveKind kind) {
        rewind();
        staging.set(INT, 0, number);
        staging.set(INT, KIND_OFFSET, kind.ordinal());
        staging.set(LONG, LENGTH_OFFSET, payloadBytes);
        staging.set(LONG, CHECKSUM_OFFSET, payloadChecksum());
        long offset = HEADER_BYTES;
        for (int i = 0; isStaged && i < pieces.length; i++) {
            MemorySegment.copy(pieces[i], 0, staging, offset, pieces[i].byteSize());
            offset += pieces[i].byteSize();
        }
    }

    private long payloadChecksum() {
        return checksum == null ? NO_CHECKSUM : Integer.toUnsignedLong(checksum.compute());
    }

    /** Prepares to receive. */
    void startReceiving() {
        rewind();
        headerChecked = false;
    }

    private void rewind() {
        current = 0;
        for (ByteBuffer buffer : buffers) {
            buffer.clear();
        }
    }

    /** True when all of it has been sent or received. */
    boolean isDone() {
        return current == buffers.length;
    }

    /** Sends what the channel takes without waiting; false when that was nothing. */
    boolean send(SocketChannel channel) throws IOException {
        boolean moved = false;
        while (!isDone()) {
            if (channel.write(buffers[current]) == 0) {
                return moved;
            }
            moved = true;
            if (!buffers[current].hasRemaining()) {
                current++;
            }
        }
        return moved;
    }

    /**
     * Receives what the channel has without waiting; false when that was nothing.
     *
     * @throws EOFException when the peer has closed the connection
     * @throws CollectiveException when the peer is in another exchange, or what arrived is not what it sent
     */
    boolean receive(SocketChannel channel, int number, CollectiveKind kind) throws IOException {
        boolean moved = false;
        while (!isDone()) {
            int count = channel.read(buffers[current]);
            if (count < 0) {
                throw new EOFException();
            }
            if (count == 0) {
                return moved;
            }
            moved = true;
            checkHeader(number, kind);
            if (!buffers[current].hasRemaining()) {
                current++;
            }
        }
        unstage();
        checkPayload(number, kind);
        return moved;
    }

    private void checkHeader(int number, CollectiveKind kind) {
        if (headerChecked || buffers[0].position() < HEADER_BYTES) {
            return;
        }
        headerChecked = true;
        int theirNumber = staging.get(INT, 0);
        int theirKind = staging.get(INT, KIND_OFFSET);
        long theirBytes = staging.get(LONG, LENGTH_OFFSET);
        if (theirNumber != number || theirKind != kind.ordinal() || theirBytes != payloadBytes) {
            throw new CollectiveException("rank " + peer + " is in " + CollectiveKind.textOf(theirKind) + " (exchange " + theirNumber + ", " + theirBytes
                    + " bytes), while this rank is in " + kind.text() + " (exchange " + number + ", " + payloadBytes
                    + " bytes): the ranks do not run the same program");
        }
    }

    private void checkPayload(int number, CollectiveKind kind) {
        long sent = staging.get(LONG, CHECKSUM_OFFSET);
        long received = payloadChecksum();
        if (received != sent) {
            throw new CollectiveException(payloadBytes + " bytes from rank " + peer + " in " + kind.text() + " (exchange " + number
                    + ") are not what was sent, their CRC-32C is " + Long.toHexString(received) + " instead of " + Long.toHexString(sent)
                    + ": memory or network of one of the two machines is faulty");
        }
    }

    private void unstage() {
        long offset = HEADER_BYTES;
        for (int i = 0; isStaged && i < pieces.length; i++) {
            MemorySegment.copy(staging, offset, pieces[i], 0, pieces[i].byteSize());
            offset += pieces[i].byteSize();
        }
    }
}
