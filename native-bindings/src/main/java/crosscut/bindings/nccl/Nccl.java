package crosscut.bindings.nccl;

import static crosscut.bindings.generated.nccl.Nccl.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.bindings.CudaLibraryPlaces;
import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeException;
import crosscut.bindings.NativeLibrary;
import crosscut.bindings.UnavailableLibraryException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.regex.Pattern;

/**
 * NCCL, every status checked where it is returned ({@link NativeException}, with the library's own last error). Communicators and addresses are longs; the
 * collectives enqueue and allocate nothing.
 */
public final class Nccl {

    /** Bytes of the id by which ranks find each other. */
    public static final int UNIQUE_ID_BYTES = NCCL_UNIQUE_ID_BYTES();

    /** ncclDataType_t. */
    public static final int FLOAT32 = ncclFloat32();
    /** ncclDataType_t. */
    public static final int FLOAT16 = ncclFloat16();
    /** ncclDataType_t. */
    public static final int BFLOAT16 = ncclBfloat16();
    /** ncclDataType_t. */
    public static final int INT32 = ncclInt32();
    /** ncclDataType_t. */
    public static final int UINT8 = ncclUint8();
    /** ncclRedOp_t. */
    public static final int SUM = ncclSum();

    /** What NCCL appends to the meaning of most statuses; the advice says so too. */
    private static final Pattern HINT = Pattern.compile(" \\(run with NCCL_DEBUG=\\w+ for details\\)");

    private final MemorySegment out = Arena.ofAuto().allocate(JAVA_LONG);
    private final MemorySegment getVersion;
    private final MemorySegment getUniqueId;
    private final MemorySegment initRank;
    private final MemorySegment destroy;
    private final MemorySegment abort;
    private final MemorySegment asyncError;
    private final MemorySegment groupStart;
    private final MemorySegment groupEnd;
    private final MemorySegment send;
    private final MemorySegment receive;
    private final MemorySegment allReduce;
    private final MemorySegment allGather;
    private final MemorySegment reduceScatter;
    private final MemorySegment broadcast;
    private final MemorySegment errorString;
    private final MemorySegment lastError;

    /**
     * Binds a library.
     *
     * @throws UnavailableLibraryException when it lacks a function
     */
    public Nccl(SymbolLookup symbols) {
        getVersion = find(symbols, "ncclGetVersion");
        getUniqueId = find(symbols, "ncclGetUniqueId");
        initRank = find(symbols, "ncclCommInitRank");
        destroy = find(symbols, "ncclCommDestroy");
        abort = find(symbols, "ncclCommAbort");
        asyncError = find(symbols, "ncclCommGetAsyncError");
        groupStart = find(symbols, "ncclGroupStart");
        groupEnd = find(symbols, "ncclGroupEnd");
        send = find(symbols, "ncclSend");
        receive = find(symbols, "ncclRecv");
        allReduce = find(symbols, "ncclAllReduce");
        allGather = find(symbols, "ncclAllGather");
        reduceScatter = find(symbols, "ncclReduceScatter");
        broadcast = find(symbols, "ncclBroadcast");
        errorString = find(symbols, "ncclGetErrorString");
        lastError = find(symbols, "ncclGetLastError");
    }

    private static MemorySegment find(SymbolLookup symbols, String name) {
        return symbols.find(name).orElseThrow(() -> new UnavailableLibraryException(
                "NCCL has no function " + name + ": version 2.18 or newer is needed; CROSSCUT_CUDA_LIBS names its folder"));
    }

    /** Looks for the library and says what became of every place. */
    public static LoadReport find(LibraryLoader loader) {
        return loader.load(new NativeLibrary("NCCL", "CROSSCUT_NCCL", CudaLibraryPlaces.of(loader.environment(), "libnccl.so.2")));
    }

    /** Version: 22907 for 2.29.7. */
    public synchronized int version() {
        check("ncclGetVersion", ncclGetVersion(getVersion, out.address()));
        return out.get(JAVA_INT, 0);
    }

    /** A new id, made by one rank and brought to the others; {@link #UNIQUE_ID_BYTES} bytes. */
    public byte[] uniqueId() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(UNIQUE_ID_BYTES);
            check("ncclGetUniqueId", ncclGetUniqueId(getUniqueId, id.address()));
            return id.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Joins the ranks that have the same id; returns the communicator once all have come. */
    public synchronized long initializeRank(int ranks, byte[] id, int rank) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment idSegment = arena.allocate(UNIQUE_ID_BYTES);
            MemorySegment.copy(id, 0, idSegment, ValueLayout.JAVA_BYTE, 0, UNIQUE_ID_BYTES);
            check("ncclCommInitRank", ncclCommInitRank(initRank, out.address(), ranks, idSegment, rank));
            return out.get(JAVA_LONG, 0);
        }
    }

    /** Ends a communicator after its work. */
    public void destroy(long communicator) {
        check("ncclCommDestroy", ncclCommDestroy(destroy, communicator));
    }

    /** Ends a communicator at once, also when another rank is gone. */
    public void abort(long communicator) {
        check("ncclCommAbort", ncclCommAbort(abort, communicator));
    }

    /** Throws what went wrong in the background since the last call. */
    public synchronized void checkAsynchronous(long communicator) {
        check("ncclCommGetAsyncError", ncclCommGetAsyncError(asyncError, communicator, out.address()));
        int state = out.get(JAVA_INT, 0);
        if (state != ncclInProgress()) {
            check("a collective", state);
        }
    }

    /** Begins a group of calls that are enqueued together. */
    public void groupStart() {
        check("ncclGroupStart", ncclGroupStart(groupStart));
    }

    public void groupEnd() {
        check("ncclGroupEnd", ncclGroupEnd(groupEnd));
    }

    /** Enqueues sending {@code count} elements to a rank; the rank receives in the same group. */
    public void send(long source, long count, int type, int peer, long communicator, long stream) {
        check("ncclSend", ncclSend(send, source, count, type, peer, communicator, stream));
    }

    public void receive(long target, long count, int type, int peer, long communicator, long stream) {
        check("ncclRecv", ncclRecv(receive, target, count, type, peer, communicator, stream));
    }

    /** Enqueues {@code target = reduction over ranks of source}; both may be the same. */
    public void allReduce(long source, long target, long count, int type, int reduction, long communicator, long stream) {
        check("ncclAllReduce", ncclAllReduce(allReduce, source, target, count, type, reduction, communicator, stream));
    }

    /** Enqueues gathering {@code count} elements of each rank, in the order of ranks. */
    public void allGather(long source, long target, long count, int type, long communicator, long stream) {
        check("ncclAllGather", ncclAllGather(allGather, source, target, count, type, communicator, stream));
    }

    /** Enqueues the sum over ranks of which each rank gets its {@code count} elements. */
    public void reduceScatter(long source, long target, long count, int type, int reduction, long communicator, long stream) {
        check("ncclReduceScatter", ncclReduceScatter(reduceScatter, source, target, count, type, reduction, communicator, stream));
    }

    public void broadcast(long source, long target, long count, int type, int root, long communicator, long stream) {
        check("ncclBroadcast", ncclBroadcast(broadcast, source, target, count, type, root, communicator, stream));
    }

    private void check(String function, int code) {
        if (code != 0) {
            String last = text(ncclGetLastError(lastError, 0));
            String meaning = HINT.matcher(text(ncclGetErrorString(errorString, code))).replaceAll("");
            throw new NativeException(function, code, name(code), last.isBlank() ? meaning : meaning + ": " + last.strip(), advice(code));
        }
    }

    private static String advice(int code) {
        String reason = code == ncclUnhandledCudaError() ? "look at nvidia-smi; each rank needs a GPU, and the library a driver that fits it"
                : code == ncclInvalidArgument() ? "this is a mistake in Crosscut: please report it with the command line"
                : "look for a rank that ended, and at NCCL_SOCKET_IFNAME between machines";
        return "set NCCL_DEBUG=INFO to see what NCCL says; " + reason;
    }

    /** nccl.h's name of a status. */
    static String name(int code) {
        String[] names = {"ncclSuccess", "ncclUnhandledCudaError", "ncclSystemError", "ncclInternalError", "ncclInvalidArgument", "ncclInvalidUsage",
                "ncclRemoteError", "ncclInProgress", "ncclTimeout"};
        return code >= 0 && code < names.length ? names[code] : "unknown status";
    }

    @SuppressWarnings("restricted")
    private static String text(long address) {
        return address == 0 ? "" : MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }
}
