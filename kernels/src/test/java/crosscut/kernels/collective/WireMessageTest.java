package crosscut.kernels.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireMessageTest {

    private static final int HEADER_BYTES = 24;

    private final Arena arena = Arena.ofAuto();

    private MemorySegment[] pieces(int bytes) {
        MemorySegment[] pieces = {arena.allocate(bytes / 3), arena.allocate(bytes - bytes / 3)};
        for (int index = 0; index < bytes / 3; index++) {
            pieces[0].set(ValueLayout.JAVA_BYTE, index, (byte) (index * 7 + 1));
        }
        for (int index = 0; index < bytes - bytes / 3; index++) {
            pieces[1].set(ValueLayout.JAVA_BYTE, index, (byte) (index * 5 + 3));
        }
        return pieces;
    }

    /** Two ends of a connection that takes all of a small message at once. */
    private static SocketChannel[] connection() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            SocketChannel one = SocketChannel.open(listener.getLocalAddress());
            SocketChannel other = listener.accept();
            one.configureBlocking(false);
            return new SocketChannel[] {one, other};
        }
    }

    /** What goes over the wire. */
    private byte[] sent(MemorySegment[] pieces, boolean hasChecksum) throws IOException {
        SocketChannel[] ends = connection();
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        try (SocketChannel sender = ends[0]; SocketChannel receiver = ends[1]) {
            WireMessage message = new WireMessage(1, pieces, hasChecksum, arena);
            message.startSending(17, CollectiveKind.ALL_TO_ALL);
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            receiver.configureBlocking(false);
            while (!message.isDone() || wire.size() < HEADER_BYTES + pieces[0].byteSize() + pieces[1].byteSize()) {
                if (!message.isDone()) {
                    message.send(sender);
                }
                buffer.clear();
                wire.write(buffer.array(), 0, Math.max(0, receiver.read(buffer)));
            }
        }
        return wire.toByteArray();
    }

    private MemorySegment[] received(byte[] wire, int bytes, boolean hasChecksum) throws IOException {
        SocketChannel[] ends = connection();
        MemorySegment[] pieces = {arena.allocate(bytes / 3), arena.allocate(bytes - bytes / 3)};
        try (SocketChannel receiver = ends[0]; SocketChannel sender = ends[1]) {
            WireMessage message = new WireMessage(3, pieces, hasChecksum, arena);
            message.startReceiving();
            ByteBuffer buffer = ByteBuffer.wrap(wire);
            sender.configureBlocking(false);
            while (!message.isDone()) {
                if (buffer.hasRemaining()) {
                    sender.write(buffer);
                }
                message.receive(receiver, 17, CollectiveKind.ALL_TO_ALL);
            }
        }
        return pieces;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 32 << 10, (32 << 10) + 1, 400_000})
    void whatIsSentArrives(int bytes) throws IOException {
        for (boolean hasChecksum : new boolean[] {false, true}) {
            MemorySegment[] pieces = pieces(bytes);
            MemorySegment[] arrived = received(sent(pieces, hasChecksum), bytes, hasChecksum);
            assertThat(arrived[0].mismatch(pieces[0])).isEqualTo(-1);
            assertThat(arrived[1].mismatch(pieces[1])).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 32 << 10, 400_000})
    void aFlippedBitIsNoticed(int bytes) throws IOException {
        byte[] wire = sent(pieces(bytes), true);
        for (int at : new int[] {HEADER_BYTES, HEADER_BYTES + bytes / 2, HEADER_BYTES + bytes - 1}) {
            wire[at] ^= 4;
            assertThatThrownBy(() -> received(wire, bytes, true)).isInstanceOf(CollectiveException.class)
                    .hasMessageContaining(bytes + " bytes from rank 3 in all-to-all (exchange 17) are not what was sent, their CRC-32C is ");
            wire[at] ^= 4;
        }
    }

    @Test
    void withoutChecksumsNothingIsCompared() throws IOException {
        byte[] wire = sent(pieces(30), false);
        wire[HEADER_BYTES] ^= 4;
        assertThat(received(wire, 30, false)[0].get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) (1 ^ 4));
    }
}
