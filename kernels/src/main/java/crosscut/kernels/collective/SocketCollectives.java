package crosscut.kernels.collective;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Collectives of CPU ranks over TCP connections between all pairs of ranks; an operation has run on this rank when its launch returns. */
public final class SocketCollectives implements Collectives {

    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final MemorySegment[] NOTHING = {};

    private final Rendezvous rendezvous;
    private final Member self;
    private final SocketMesh mesh;
    private final List<SocketCollectives> duplicates = new ArrayList<>();
    private final Arena arena = Arena.ofShared();
    private final WireMessage[] barrierOutgoing;
    private final WireMessage[] barrierIncoming;

    /** Takes over the connections; {@link Rendezvous} makes them. */
    SocketCollectives(Rendezvous rendezvous, Member self, SocketMesh mesh) {
        this.rendezvous = rendezvous;
        this.self = self;
        this.mesh = mesh;
        barrierOutgoing = messages(_ -> NOTHING, arena);
        barrierIncoming = messages(_ -> NOTHING, arena);
    }

    /** One message per other rank; none where {@code pieces} gives null. */
    private WireMessage[] messages(IntFunction<MemorySegment[]> pieces, Arena owner) {
        WireMessage[] messages = new WireMessage[size()];
        for (int peer = 0; peer < size(); peer++) {
            MemorySegment[] content = peer == rank() ? null : pieces.apply(peer);
            messages[peer] = content == null ? null : mesh.message(peer, content, owner);
        }
        return messages;
    }

    @Override
    public int rank() {
        return mesh.rank();
    }

    @Override
    public int size() {
        return mesh.size();
    }

    /** Over a network, a rank waits more than it copies. */
    @Override
    public boolean gainFromOverlap() {
        return mesh.reachesOtherMachines();
    }

    @Override
    public Collectives duplicate() {
        SocketCollectives duplicate = rendezvous.meetAgain(self, this);
        duplicates.add(duplicate);
        return duplicate;
    }

    /** By which this rank, which is another one, reaches it. */
    InetAddress addressOfFirstRank() throws IOException {
        return mesh.addressOf(0);
    }

    @Override
    public Operation allToAll(List<List<Tensor>> send, List<List<Tensor>> receive) {
        DenseTensors.requireOnePerRank("send", send, size());
        DenseTensors.requireOnePerRank("receive", receive, size());
        Operation own = DenseTensors.copy(send.get(rank()), receive.get(rank()));
        WireMessage[] outgoing = messages(peer -> DenseTensors.segments(send.get(peer)), arena);
        WireMessage[] incoming = messages(peer -> DenseTensors.segments(receive.get(peer)), arena);
        return stream -> {
            own.launch(stream);
            mesh.exchange(CollectiveKind.ALL_TO_ALL, outgoing, incoming);
        };
    }

    /** What {@link #allReduceSum} allocates: the other ranks' terms of the part that this rank sums; nothing on a single rank. */
    public static List<PlannedMemory> plannedAllReduce(Tensor values, int rank, int ranks) {
        long bytes = values.elements() * values.type().byteSize();
        long summed = bytes <= WireMessage.LARGEST_STAGED_PAYLOAD ? bytes : start(bytes, rank + 1, ranks) - start(bytes, rank, ranks);
        return plannedTerms(summed, ranks);
    }

    /** What {@link #reduceScatterSum} allocates: the other ranks' terms of the own part; nothing on a single rank. */
    public static List<PlannedMemory> plannedReduceScatter(List<Tensor> parts, int rank) {
        return plannedTerms(DenseTensors.bytes(parts.get(rank)), parts.size());
    }

    private static List<PlannedMemory> plannedTerms(long summed, int ranks) {
        return ranks == 1 ? List.of() : List.of(new PlannedMemory("other ranks' terms of a sum", SocketRankSum.receivedBytes(summed, ranks)));
    }

    @Override
    public Operation allReduceSum(Tensor values) {
        DenseTensors.requireSummable(CollectiveKind.ALL_REDUCE, values);
        MemorySegment segment = DenseTensors.segment(values);
        if (segment.byteSize() <= WireMessage.LARGEST_STAGED_PAYLOAD) {
            return new SocketRankSum(mesh, CollectiveKind.ALL_REDUCE, Collections.nCopies(size(), segment), arena);
        }
        List<MemorySegment> chunks = IntStream.range(0, size()).mapToObj(peer -> chunk(segment, peer)).toList();
        return new OperationSequence(List.of(new SocketRankSum(mesh, CollectiveKind.ALL_REDUCE, chunks, arena),
                giveToAll(CollectiveKind.ALL_REDUCE, chunks.get(rank()), chunks)));
    }

    private MemorySegment chunk(MemorySegment values, int peer) {
        long start = start(values.byteSize(), peer, size());
        return values.asSlice(start, start(values.byteSize(), peer + 1, size()) - start);
    }

    /** Where the part of a sum of so many bytes begins that a rank sums. */
    private static long start(long byteSize, int rank, int ranks) {
        return byteSize / Float.BYTES * rank / ranks * Float.BYTES;
    }

    private Operation giveToAll(CollectiveKind kind, MemorySegment part, List<MemorySegment> parts) {
        MemorySegment[] given = {part};
        WireMessage[] outgoing = messages(_ -> given, arena);
        WireMessage[] incoming = messages(peer -> new MemorySegment[] {parts.get(peer)}, arena);
        return _ -> mesh.exchange(kind, outgoing, incoming);
    }

    @Override
    public Operation reduceScatterSum(List<Tensor> parts) {
        DenseTensors.requireSummable(CollectiveKind.REDUCE_SCATTER, parts, size());
        return new SocketRankSum(mesh, CollectiveKind.REDUCE_SCATTER, List.of(DenseTensors.segments(parts)), arena);
    }

    @Override
    public Operation allGather(Tensor part, List<Tensor> parts) {
        DenseTensors.requireOnePerRank("parts", parts, size());
        return new OperationSequence(List.of(DenseTensors.copy(List.of(part), List.of(parts.get(rank()))),
                giveToAll(CollectiveKind.ALL_GATHER, DenseTensors.segment(part), List.of(DenseTensors.segments(parts)))));
    }

    @Override
    public Operation broadcast(Tensor values, int root) {
        DenseTensors.requireRoot(root, size());
        MemorySegment[] content = {DenseTensors.segment(values)};
        WireMessage[] outgoing = messages(_ -> rank() == root ? content : null, arena);
        WireMessage[] incoming = messages(peer -> peer == root ? content : null, arena);
        return _ -> mesh.exchange(CollectiveKind.BROADCAST, outgoing, incoming);
    }

    @Override
    public void barrier() {
        mesh.exchange(CollectiveKind.BARRIER, barrierOutgoing, barrierIncoming);
    }

    @Override
    public List<byte[]> gather(byte[] part) {
        long[] lengths = gatherLengths(part.length);
        List<byte[]> parts = new ArrayList<>();
        for (int peer = 0; rank() == 0 && peer < size(); peer++) {
            parts.add(peer == 0 ? part : new byte[Math.toIntExact(lengths[peer])]);
        }
        try (Arena transfer = Arena.ofConfined()) {
            WireMessage[] outgoing = messages(peer -> rank() != 0 && peer == 0 ? heap(part) : null, transfer);
            WireMessage[] incoming = messages(peer -> rank() == 0 ? heap(parts.get(peer)) : null, transfer);
            mesh.exchange(CollectiveKind.GATHER, outgoing, incoming);
        }
        return parts;
    }

    private long[] gatherLengths(long own) {
        try (Arena transfer = Arena.ofConfined()) {
            MemorySegment lengths = transfer.allocate((long) size() * Long.BYTES, Long.BYTES);
            lengths.setAtIndex(LENGTH, rank(), own);
            WireMessage[] outgoing = messages(peer -> rank() != 0 && peer == 0 ? length(lengths, rank()) : null, transfer);
            WireMessage[] incoming = messages(peer -> rank() == 0 ? length(lengths, peer) : null, transfer);
            mesh.exchange(CollectiveKind.GATHER, outgoing, incoming);
            return lengths.toArray(LENGTH);
        }
    }

    private static MemorySegment[] length(MemorySegment lengths, int rank) {
        return new MemorySegment[] {lengths.asSlice((long) rank * Long.BYTES, Long.BYTES)};
    }

    @Override
    public byte[] broadcast(byte[] content) {
        try (Arena transfer = Arena.ofConfined()) {
            MemorySegment length = transfer.allocate(LENGTH);
            length.set(LENGTH, 0, rank() == 0 ? content.length : 0);
            broadcastFromFirst(length, transfer);
            byte[] received = rank() == 0 ? content : new byte[Math.toIntExact(length.get(LENGTH, 0))];
            broadcastFromFirst(MemorySegment.ofArray(received), transfer);
            return received;
        }
    }

    private void broadcastFromFirst(MemorySegment content, Arena transfer) {
        MemorySegment[] pieces = {content};
        WireMessage[] outgoing = messages(_ -> rank() == 0 ? pieces : null, transfer);
        WireMessage[] incoming = messages(peer -> peer == 0 ? pieces : null, transfer);
        mesh.exchange(CollectiveKind.BROADCAST, outgoing, incoming);
    }

    private static MemorySegment[] heap(byte[] content) {
        return new MemorySegment[] {MemorySegment.ofArray(content)};
    }

    @Override
    public void close() {
        duplicates.forEach(SocketCollectives::close);
        mesh.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
