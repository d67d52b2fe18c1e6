package crosscut.kernels.collective;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** One round in which every rank gets what all ranks have for it, and sums it in the order of ranks. */
final class SocketRankSum implements Operation {

    /** Terms start on a cache line. */
    private static final long ALIGNMENT = 64;

    private final SocketMesh mesh;
    private final CollectiveKind kind;
    private final WireMessage[] outgoing;
    private final WireMessage[] incoming;
    private final RankOrderSum sum;

    /**
     * Binds the sum.
     *
     * @param kind what messages call it
     * @param parts fp32 values for every rank, of which the own ones become the sum; may be the same for all
     * @param arena owns the memory for the other ranks' terms
     */
    SocketRankSum(SocketMesh mesh, CollectiveKind kind, List<MemorySegment> parts, Arena arena) {
        this.mesh = mesh;
        this.kind = kind;
        int size = mesh.size();
        MemorySegment[] terms = new MemorySegment[size];
        long bytes = parts.get(mesh.rank()).byteSize();
        MemorySegment received = arena.allocate(receivedBytes(bytes, size), ALIGNMENT);
        long next = 0;
        outgoing = new WireMessage[size];
        incoming = new WireMessage[size];
        for (int peer = 0; peer < size; peer++) {
            terms[peer] = parts.get(mesh.rank());
            if (peer != mesh.rank()) {
                terms[peer] = received.asSlice(next, bytes);
                next += stride(bytes);
                outgoing[peer] = mesh.message(peer, new MemorySegment[] {parts.get(peer)}, arena);
                incoming[peer] = mesh.message(peer, new MemorySegment[] {terms[peer]}, arena);
            }
        }
        sum = new RankOrderSum(terms, mesh.rank());
    }

    /** Bytes of the other ranks' terms of a sum of {@code bytes} bytes. */
    static long receivedBytes(long bytes, int ranks) {
        return (ranks - 1) * stride(bytes);
    }

    private static long stride(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    @Override
    public void launch(Stream stream) {
        mesh.exchange(kind, outgoing, incoming);
        sum.run();
    }
}
