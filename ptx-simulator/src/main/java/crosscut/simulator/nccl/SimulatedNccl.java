package crosscut.simulator.nccl;

import static crosscut.simulator.nccl.NcclException.require;
import static crosscut.simulator.upcall.UpcallSymbols.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.driver.DriverException;
import crosscut.simulator.driver.SimulatedCuda;
import crosscut.simulator.upcall.CallerMemory;
import crosscut.simulator.upcall.CallerMemoryException;
import crosscut.simulator.upcall.HandleTable;
import crosscut.simulator.upcall.UnknownHandleException;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * NCCL for machines without GPUs: give it to a binding in place of libnccl. One per simulated GPU; ranks are threads of one process. Transfers run in the
 * streams of the {@link SimulatedCuda}, captured where those are, and wait there for the other ranks as the library's kernels do; aborting ends the wait.
 */
public final class SimulatedNccl implements SymbolLookup, AutoCloseable {

    private static final int ID_BYTES = 128;
    private static final int VERSION = 22_800;
    private static final String BROADCAST = "ncclBroadcast";
    private static final String POINT_TO_POINT = "ncclSend";
    private static final int[] TYPE_BYTES = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2, 1, 1};

    private final UpcallSymbols symbols = new UpcallSymbols();
    private final SimulatedCuda cuda;
    private final SimulatedNetwork network;
    private final HandleTable<World.Membership> communicators = new HandleTable<>("ncclComm_t", 20);
    private final ThreadLocal<Group> group = ThreadLocal.withInitial(Group::new);
    private final Arena arena = Arena.ofAuto();
    private final Map<String, MemorySegment> texts = new HashMap<>();
    private volatile String lastError = "";

    /** What a thread has called since ncclGroupStart, by communicator and stream. */
    private static final class Group {

        private final Map<Place, List<Exchange.Transfer>> waiting = new LinkedHashMap<>();
        private int depth;
    }

    private record Place(World.Membership member, long stream) {
    }

    /** A call's body; it may wait for other ranks. */
    private interface Body {

        void run() throws InterruptedException;
    }

    /** The library of the GPU of {@code cuda}, connected with others by {@code network}. */
    public SimulatedNccl(SimulatedCuda cuda, SimulatedNetwork network) {
        this.cuda = cuda;
        this.network = network;
        MethodHandles.Lookup here = MethodHandles.lookup();
        MemoryLayout id = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(ID_BYTES, JAVA_BYTE));
        symbols.add(here, this, "ncclGetVersion", "version", status(ADDRESS))
                .add(here, this, "ncclGetUniqueId", "uniqueId", status(ADDRESS))
                .add(here, this, "ncclCommInitRank", "initialize", status(ADDRESS, JAVA_INT, id, JAVA_INT))
                .add(here, this, "ncclCommDestroy", "destroy", status(JAVA_LONG))
                .add(here, this, "ncclCommAbort", "abort", status(JAVA_LONG))
                .add(here, this, "ncclCommGetAsyncError", "asynchronousError", status(JAVA_LONG, ADDRESS))
                .add(here, this, "ncclGroupStart", "startGroup", status())
                .add(here, this, "ncclGroupEnd", "endGroup", status())
                .add(here, this, "ncclSend", "send", status(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG))
                .add(here, this, "ncclRecv", "receive", status(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG))
                .add(here, this, "ncclBroadcast", "broadcast", status(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG))
                .add(here, this, "ncclAllReduce", "refuseSum", status(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG))
                .add(here, this, "ncclReduceScatter", "refuseSum", status(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG))
                .add(here, this, "ncclAllGather", "refuseGather", status(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG))
                .add(here, this, "ncclGetErrorString", "errorString", FunctionDescriptor.of(ADDRESS, JAVA_INT))
                .add(here, this, "ncclGetLastError", "lastErrorText", FunctionDescriptor.of(ADDRESS, JAVA_LONG));
    }

    @Override
    public Optional<MemorySegment> find(String name) {
        return symbols.find(name);
    }

    /** The signature of every function, as nccl.h declares it; handles and device addresses are 8-byte integers. */
    public Map<String, FunctionDescriptor> descriptors() {
        return symbols.descriptors();
    }

    /** Ends the library; communicators that are left become findings of the driver. */
    @Override
    public void close() {
        synchronized (communicators) {
            if (!communicators.all().isEmpty()) {
                cuda.findings().add(FindingKind.LEAK, communicators.all().size() + " communicators of NCCL were not destroyed");
            }
        }
    }

    /** No lock: some calls wait for other ranks, and others must be able to end that. */
    private int call(String function, Body body) {
        try {
            body.run();
            return NcclStatus.SUCCESS.code();
        } catch (NcclException thrown) {
            return failed(function, thrown.status(), thrown.getMessage());
        } catch (UnknownHandleException | CallerMemoryException thrown) {
            return failed(function, NcclStatus.INVALID_ARGUMENT, thrown.getMessage());
        } catch (DriverException thrown) {
            return failed(function, NcclStatus.UNHANDLED_CUDA_ERROR, thrown.getMessage());
        } catch (InterruptedException thrown) {
            Thread.currentThread().interrupt();
            return failed(function, NcclStatus.INTERNAL_ERROR, "interrupted");
        } catch (Throwable thrown) {
            return failed(function, NcclStatus.INTERNAL_ERROR, thrown.toString());
        }
    }

    private int failed(String function, NcclStatus status, String reason) {
        lastError = function + ": " + reason;
        return status.code();
    }

    private World.Membership member(long communicator) {
        synchronized (communicators) {
            return communicators.get(communicator);
        }
    }

    private World.Membership forget(long communicator) {
        synchronized (communicators) {
            return communicators.remove(communicator);
        }
    }

    private int version(MemorySegment version) {
        return call("ncclGetVersion", () -> CallerMemory.writeInt(version, VERSION, "version"));
    }

    private int uniqueId(MemorySegment id) {
        return call("ncclGetUniqueId", () -> CallerMemory.write(id.address(), MemorySegment.ofArray(network.newId(ID_BYTES)), "uniqueId"));
    }

    private int initialize(MemorySegment communicator, int ranks, MemorySegment id, int rank) {
        byte[] content = id.toArray(JAVA_BYTE);
        return call("ncclCommInitRank", () -> {
            require(ranks >= 1, ranks + " ranks");
            World.Membership member = network.world(content, ranks).join(rank);
            synchronized (communicators) {
                CallerMemory.writeLong(communicator, communicators.add(member), "comm");
            }
        });
    }

    private int destroy(long communicator) {
        return call("ncclCommDestroy", () -> forget(communicator));
    }

    private int abort(long communicator) {
        return call("ncclCommAbort", () -> {
            World.Membership member = forget(communicator);
            member.world.abort(member);
        });
    }

    private int asynchronousError(long communicator, MemorySegment error) {
        return call("ncclCommGetAsyncError", () -> {
            World.Membership member = member(communicator);
            CallerMemory.writeInt(error, member.world.asynchronousError(member).code(), "asyncError");
        });
    }

    private int startGroup() {
        return call("ncclGroupStart", () -> group.get().depth++);
    }

    private int endGroup() {
        return call("ncclGroupEnd", () -> {
            Group ending = group.get();
            if (ending.depth == 0) {
                throw new NcclException(NcclStatus.INVALID_USAGE, "no group was started");
            }
            if (--ending.depth == 0) {
                Map<Place, List<Exchange.Transfer>> waiting = new LinkedHashMap<>(ending.waiting);
                ending.waiting.clear();
                waiting.forEach((place, transfers) -> cuda.enqueue(place.stream, new Exchange(place.member, transfers)));
            }
        });
    }

    private int send(long source, long count, int type, int peer, long communicator, long stream) {
        return call("ncclSend", () -> add(communicator, stream, transfer(POINT_TO_POINT, true, source, count, type, peer)));
    }

    private int receive(long target, long count, int type, int peer, long communicator, long stream) {
        return call("ncclRecv", () -> add(communicator, stream, transfer(POINT_TO_POINT, false, target, count, type, peer)));
    }

    private int broadcast(long source, long target, long count, int type, int root, long communicator, long stream) {
        return call(BROADCAST, () -> {
            World.Membership member = member(communicator);
            List<Exchange.Transfer> transfers = new ArrayList<>();
            for (int peer = 0; peer < member.world.size(); peer++) {
                boolean isThere = peer == root && source == target;
                if (member.rank == root && !isThere) {
                    transfers.add(transfer(BROADCAST, true, source, count, type, peer));
                }
            }
            if (member.rank != root || source != target) {
                transfers.add(transfer(BROADCAST, false, target, count, type, root));
            }
            add(communicator, stream, transfers.toArray(Exchange.Transfer[]::new));
        });
    }

    private static Exchange.Transfer transfer(String call, boolean isSent, long address, long count, int type, int peer) {
        require(type >= 0 && type < TYPE_BYTES.length, type + " is no ncclDataType_t");
        require(count >= 0, count + " elements");
        return new Exchange.Transfer(call, isSent, address, count * TYPE_BYTES[type], peer);
    }

    private void add(long communicator, long stream, Exchange.Transfer... transfers) {
        World.Membership member = member(communicator);
        for (Exchange.Transfer transfer : transfers) {
            require(transfer.peer() >= 0 && transfer.peer() < member.world.size(), "rank " + transfer.peer() + " of " + member.world.size());
        }
        if (group.get().depth > 0) {
            group.get().waiting.computeIfAbsent(new Place(member, stream), _ -> new ArrayList<>()).addAll(List.of(transfers));
        } else if (transfers.length > 0) {
            cuda.enqueue(stream, new Exchange(member, List.of(transfers)));
        }
    }

    private int refuseSum(long source, long target, long count, int type, int reduction, long communicator, long stream) {
        return refuse();
    }

    private int refuseGather(long source, long target, long count, int type, long communicator, long stream) {
        return refuse();
    }

    private int refuse() {
        return call("a collective", () -> {
            throw new NcclException(NcclStatus.INVALID_USAGE, "the simulator has ncclSend, ncclRecv and ncclBroadcast only");
        });
    }

    private MemorySegment errorString(int status) {
        return text(NcclStatus.textOf(status));
    }

    private MemorySegment lastErrorText(long communicator) {
        return text(lastError);
    }

    private MemorySegment text(String text) {
        synchronized (texts) {
            return texts.computeIfAbsent(text, arena::allocateFrom);
        }
    }
}
