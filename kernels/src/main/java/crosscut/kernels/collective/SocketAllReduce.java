package crosscut.kernels.collective;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A sum over all ranks. Large values go in two rounds: rank c gets and sums chunk c, then every rank gets every chunk. Small ones go in a single round in which
 * everybody gets and sums everything. Either way an element is the sum of the same terms in the same order.
 */
final class SocketAllReduce implements Operation {

    private final SocketMesh mesh;
    private final WireMessage[] outgoing;
    private final WireMessage[] incoming;
    private final RankOrderSum sum;
    private final WireMessage[] sumOutgoing;
    private final WireMessage[] sumIncoming;

    /**
     * Binds the sum.
     *
     * @param values fp32 values, in place
     * @param arena owns the memory for the other ranks' terms
     */
    SocketAllReduce(SocketMesh mesh, MemorySegment values, Arena arena) {
        this.mesh = mesh;
        int size = mesh.size();
        boolean inChunks = values.byteSize() > WireMessage.LARGEST_STAGED_PAYLOAD;
        MemorySegment own = inChunks ? chunk(values, mesh.rank()) : values;
        MemorySegment[] terms = new MemorySegment[size];
        outgoing = new WireMessage[size];
        incoming = new WireMessage[size];
        sumOutgoing = inChunks ? new WireMessage[size] : null;
        sumIncoming = inChunks ? new WireMessage[size] : null;
        for (int peer = 0; peer < size; peer++) {
            if (peer == mesh.rank()) {
                terms[peer] = own;
                continue;
            }
            terms[peer] = arena.allocate(own.byteSize(), Long.BYTES);
            outgoing[peer] = message(peer, inChunks ? chunk(values, peer) : values, arena);
            incoming[peer] = message(peer, terms[peer], arena);
            if (inChunks) {
                sumOutgoing[peer] = message(peer, own, arena);
                sumIncoming[peer] = message(peer, chunk(values, peer), arena);
            }
        }
        sum = new RankOrderSum(terms, mesh.rank());
    }

    private MemorySegment chunk(MemorySegment values, int rank) {
        long elements = values.byteSize() / Float.BYTES;
        long first = elements * rank / mesh.size();
        long end = elements * (rank + 1) / mesh.size();
        return values.asSlice(first * Float.BYTES, (end - first) * Float.BYTES);
    }

    private static WireMessage message(int peer, MemorySegment content, Arena arena) {
        return new WireMessage(peer, new MemorySegment[] {content}, arena);
    }

    @Override
    public void launch(Stream stream) {
        mesh.exchange(CollectiveKind.ALL_REDUCE, outgoing, incoming);
        sum.run();
        if (sumOutgoing != null) {
            mesh.exchange(CollectiveKind.ALL_REDUCE, sumOutgoing, sumIncoming);
        }
    }
}
