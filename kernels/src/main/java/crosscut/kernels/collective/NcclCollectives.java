package crosscut.kernels.collective;

import crosscut.bindings.nccl.Nccl;
import crosscut.kernels.device.ByteSize;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.CudaDevice;
import crosscut.kernels.device.cuda.CudaStream;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.device.cuda.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Collectives of GPUs through NCCL, on the stream that they are launched on, captured where it is. The library moves bytes only (send, receive, broadcast):
 * which algorithm it would sum with depends on version, machine and size, so sums are our own, in the order of ranks, and have the bits of CPU ranks. A
 * {@link NcclWatch} looks after what is under way.
 */
public final class NcclCollectives extends DeviceCollectives {

    static final String FAMILY = "collective";

    /** Up to here a sum takes one round, in which everybody gets everything: two would take longer, however short. */
    private static final long ONE_ROUND_BYTES = 32 << 10;

    /** Numbers that chunks of a sum are multiples of, so that they can be moved in accesses of 16 bytes. */
    private static final int CHUNK_UNIT = 32;

    private static final String TERMS = "sums over ranks: terms of the others";

    private final CudaContext context;
    private final Nccl library;
    private final Communicator communicator;
    private final NcclWatch watch;
    private final CudaDevice device;
    private final Duration timeout;

    /** Ends with the device, after its graphs, for which the library would wait. */
    private record Communicator(Nccl library, long handle, NcclWatch watch) implements AutoCloseable {

        @Override
        public void close() {
            watch.close();
            if (!watch.hasAborted()) {
                library.destroy(handle);
            }
        }
    }

    private NcclCollectives(CudaDevice device, Nccl library, long handle, Collectives hosts, Duration timeout) {
        super(hosts);
        this.device = device;
        this.context = device.context();
        this.library = library;
        this.timeout = timeout;
        watch = new NcclWatch(context, library, handle, hosts.rank(), timeout);
        communicator = context.keepUntilClosed(new Communicator(library, handle, watch));
    }

    /**
     * Joins the other ranks, all of which call it together, and connects with each of them, which cannot be done while a step is captured.
     *
     * @param device this rank's own GPU
     * @param hosts exchanges host memory; is taken over and closed
     * @param timeout longest wait for other ranks inside one exchange
     * @throws crosscut.bindings.NativeException when NCCL cannot connect the GPUs
     */
    public static NcclCollectives join(CudaDevice device, Nccl library, Collectives hosts, Duration timeout) {
        CudaContext context = device.context();
        byte[] id = hosts.broadcast(hosts.rank() == 0 ? library.uniqueId() : null);
        // The library connects the GPU whose context is current.
        context.driver();
        long handle = library.initializeRank(hosts.size(), id, hosts.rank());
        NcclCollectives collectives = new NcclCollectives(device, library, handle, hosts, timeout);
        collectives.connect();
        return collectives;
    }

    /** A communicator has one order of exchanges, whatever streams they are on. */
    @Override
    DeviceCollectives connectAgain() {
        return join(device, library, hosts, timeout);
    }

    private void connect() {
        try (DeviceMemory memory = device.allocate("first exchange", (long) size() * Float.BYTES); Stream stream = device.createStreamWithoutProducts("first exchange")) {
            Tensor places = memory.tensor(0, DataType.FLOAT32, 1, size());
            List<Tensor> parts = IntStream.range(0, size()).mapToObj(rank -> places.columnRange(rank, 1)).toList();
            allGather(parts.get(rank()), parts).launch(stream);
            broadcast(places, 0).launch(stream);
            stream.synchronize();
            check();
        }
    }

    private NcclTransfers transfers() {
        return new NcclTransfers(library, communicator.handle);
    }

    private Operation watched(CollectiveKind kind, long bytes, Operation exchange) {
        return watch.watched(kind.text() + " of " + ByteSize.text(bytes), exchange);
    }

    @Override
    public Operation allToAll(List<List<Tensor>> send, List<List<Tensor>> receive) {
        DenseTensors.requireOnePerRank("send", send, size());
        DenseTensors.requireOnePerRank("receive", receive, size());
        NcclTransfers transfers = transfers();
        for (int peer = 0; peer < size(); peer++) {
            transfers.send(send.get(peer), peer);
            transfers.receive(receive.get(peer), peer);
        }
        return watched(CollectiveKind.ALL_TO_ALL, transfers.sentBytes(), transfers.bind());
    }

    /** In one round, or in two: every rank gets and sums a chunk, then every rank gets every chunk. */
    @Override
    public Operation allReduceSum(Tensor values) {
        DenseTensors.requireSummable(CollectiveKind.ALL_REDUCE, values);
        long bytes = DenseTensors.bytes(values);
        if (bytes <= ONE_ROUND_BYTES) {
            return watched(CollectiveKind.ALL_REDUCE, bytes, exchangeAndSum(Collections.nCopies(size(), values)));
        }
        List<Tensor> chunks = chunks(values);
        return watched(CollectiveKind.ALL_REDUCE, bytes, new OperationSequence(List.of(exchangeAndSum(chunks), exchangeParts(chunks.get(rank()), chunks))));
    }

    @Override
    public Operation reduceScatterSum(List<Tensor> parts) {
        DenseTensors.requireSummable(CollectiveKind.REDUCE_SCATTER, parts, size());
        return watched(CollectiveKind.REDUCE_SCATTER, parts.stream().mapToLong(DenseTensors::bytes).sum(), exchangeAndSum(parts));
    }

    /** Every rank's chunk; the last ones are empty where there are few numbers. */
    private List<Tensor> chunks(Tensor values) {
        Tensor row = new Tensor(values.memory(), values.byteOffset(), values.type(), 1, Math.toIntExact(values.elements()), values.elements());
        List<Tensor> chunks = new ArrayList<>();
        for (int rank = 0; rank < size(); rank++) {
            int first = Math.toIntExact(chunkStart(values, rank, size()));
            chunks.add(row.columnRange(first, Math.toIntExact(chunkStart(values, rank + 1, size())) - first));
        }
        return chunks;
    }

    private static long chunkStart(Tensor values, int rank, int ranks) {
        long units = Math.ceilDiv(values.elements(), CHUNK_UNIT);
        return Math.min(values.elements(), units * rank / ranks * CHUNK_UNIT);
    }

    /** What {@link #allReduceSum} allocates. */
    public static List<PlannedMemory> plannedAllReduce(Tensor values, int rank, int ranks) {
        boolean inOneRound = DenseTensors.bytes(values) <= ONE_ROUND_BYTES;
        long elements = inOneRound ? values.elements() : chunkStart(values, rank + 1, ranks) - chunkStart(values, rank, ranks);
        return plannedTerms(elements, ranks);
    }

    /** What {@link #reduceScatterSum} allocates. */
    public static List<PlannedMemory> plannedReduceScatter(List<Tensor> parts, int rank) {
        return plannedTerms(parts.get(rank).elements(), parts.size());
    }

    private static List<PlannedMemory> plannedTerms(long elements, int ranks) {
        return ranks == 1 ? List.of() : List.of(new PlannedMemory(TERMS, (ranks - 1) * termStride(elements) * Float.BYTES));
    }

    private static long termStride(long elements) {
        return Math.ceilDiv(elements, CHUNK_UNIT) * CHUNK_UNIT;
    }

    /** The own one of {@code terms}, of which the others go to their ranks, becomes the sum of what all ranks have for it. */
    private Operation exchangeAndSum(List<Tensor> terms) {
        if (size() == 1) {
            return _ -> { };
        }
        Tensor own = terms.get(rank());
        long elements = own.elements();
        long stride = termStride(elements);
        DeviceMemory memory = context.allocate(TERMS, (size() - 1) * stride * Float.BYTES);
        NcclTransfers transfers = transfers();
        for (int peer = 0; peer < size(); peer++) {
            if (peer != rank()) {
                int place = peer < rank() ? peer : peer - 1;
                transfers.send(List.of(terms.get(peer)), peer);
                transfers.receive(List.of(memory.tensor(place * stride * Float.BYTES, DataType.FLOAT32, 1, Math.toIntExact(elements))), peer);
            }
        }
        return new OperationSequence(List.of(transfers.bind(), sum(own, memory, stride)));
    }

    private Operation sum(Tensor own, DeviceMemory received, long stride) {
        return Span.bind(Span.wide(DataType.FLOAT32), List.of(own), span -> {
            KernelArguments arguments = new KernelArguments().address(span.address(own)).address(received.address() + span.firstColumn() * Float.BYTES)
                    .int64(stride).int32(size()).int32(rank()).address(span.address(own));
            return span.launch(context.kernel(FAMILY, span.function("rank_order_sum", DataType.FLOAT32)), arguments);
        });
    }

    private Operation exchangeParts(Tensor part, List<Tensor> parts) {
        NcclTransfers transfers = transfers();
        for (int peer = 0; peer < size(); peer++) {
            Tensor place = parts.get(peer);
            boolean isThere = peer == rank() && place.address() == part.address();
            if (!isThere) {
                transfers.send(List.of(part), peer);
                transfers.receive(List.of(place), peer);
            }
        }
        return transfers.bind();
    }

    @Override
    public Operation allGather(Tensor part, List<Tensor> parts) {
        DenseTensors.requireOnePerRank("parts", parts, size());
        return watched(CollectiveKind.ALL_GATHER, DenseTensors.bytes(part), exchangeParts(part, parts));
    }

    @Override
    public Operation broadcast(Tensor values, int root) {
        DenseTensors.requireRoot(root, size());
        long address = values.address();
        long bytes = DenseTensors.bytes(values);
        return watched(CollectiveKind.BROADCAST, bytes,
                stream -> library.broadcast(address, address, bytes, Nccl.UINT8, root, communicator.handle, CudaStream.handle(stream)));
    }

    @Override
    void checkConnections() {
        watch.check();
    }

    /** The communicator ends with the device; until then what is under way has to end soon. */
    @Override
    void closeConnections() {
        watch.leave();
        hosts.close();
    }
}
