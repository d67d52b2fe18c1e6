package crosscut.bindings.nccl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import crosscut.bindings.AllocatedBytes;
import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeException;
import crosscut.bindings.StubLibrary;
import crosscut.bindings.UnavailableLibraryException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.bytedeco.cuda.global.nccl;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class NcclTest {

    private final MemorySegment texts = Arena.ofAuto().allocate(200);

    /** A library that answers {@code status} and has {@code text} for every error. */
    private StubLibrary failing(int status, String meaning, String last) {
        texts.setString(0, meaning);
        texts.setString(100, last);
        return new StubLibrary(status)
                .with("ncclGetErrorString", FunctionDescriptor.of(JAVA_LONG, JAVA_INT), TextOfCode.class, code -> texts.address())
                .with("ncclGetLastError", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG), TextOfCommunicator.class, communicator -> texts.address() + 100);
    }

    @Test
    void missingFunctionIsNamed() {
        assertThatExceptionOfType(UnavailableLibraryException.class).isThrownBy(() -> new Nccl(new StubLibrary(0).without("ncclGetLastError")))
                .withMessage("NCCL has no function ncclGetLastError: version 2.18 or newer is needed; CROSSCUT_CUDA_LIBS names its folder");
    }

    @Test
    void statusHasTheLibrarysTextAndItsLastError() {
        assertThatExceptionOfType(NativeException.class).isThrownBy(new Nccl(failing(1, "unhandled cuda error", "driver too old\n"))::uniqueId)
                .withMessage("ncclGetUniqueId returned ncclUnhandledCudaError (1): unhandled cuda error: driver too old; set NCCL_DEBUG=INFO to see what NCCL "
                        + "says; look at nvidia-smi; each rank needs a GPU, and the library a driver that fits it");
        Nccl lonely = new Nccl(failing(6, "remote error (run with NCCL_DEBUG=WARN for details)", ""));
        assertThatExceptionOfType(NativeException.class).isThrownBy(() -> lonely.send(1, 2, 3, 4, 5, 6)).withMessage("ncclSend returned ncclRemoteError (6): "
                + "remote error; set NCCL_DEBUG=INFO to see what NCCL says; look for a rank that ended, and at NCCL_SOCKET_IFNAME between machines");
    }

    @Test
    void namesAreThoseOfTheHeader() {
        Map<String, Integer> header = crosscut.bindings.ConstantValues.of(nccl.class);
        for (int code = 0; code < nccl.ncclNumResults; code++) {
            assertThat(header).containsEntry(Nccl.name(code), code);
        }
        assertThat(Nccl.name(nccl.ncclNumResults)).isEqualTo("unknown status");
        assertThat(Nccl.name(-1)).isEqualTo("unknown status");
    }

    @Test
    void constantsAreThoseOfTheHeader() {
        assertThat(new int[] {Nccl.FLOAT32, Nccl.FLOAT16, Nccl.BFLOAT16, Nccl.INT32, Nccl.UINT8, Nccl.SUM, Nccl.UNIQUE_ID_BYTES}).containsExactly(
                nccl.ncclFloat32, nccl.ncclFloat16, nccl.ncclBfloat16, nccl.ncclInt32, nccl.ncclUint8, nccl.ncclSum, nccl.NCCL_UNIQUE_ID_BYTES);
    }

    @Test
    void idIsPassedByValue() {
        MemoryLayout id = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(nccl.NCCL_UNIQUE_ID_BYTES, JAVA_BYTE));
        StubLibrary library = new StubLibrary(0).with("ncclCommInitRank", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, id, JAVA_INT), InitRank.class,
                (out, ranks, segment, rank) -> {
                    long sum = 0;
                    for (int i = 0; i < segment.byteSize(); i++) {
                        sum = 31 * sum + segment.get(JAVA_BYTE, i);
                    }
                    StubLibrary.at(out, Long.BYTES).set(JAVA_LONG, 0, sum + ranks * 1000L + rank);
                    return 0;
                });
        byte[] bytes = new byte[Nccl.UNIQUE_ID_BYTES];
        long sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 37);
            sum = 31 * sum + bytes[i];
        }
        assertThat(new Nccl(library).initializeRank(8, bytes, 3)).isEqualTo(sum + 8003);
    }

    @Test
    void workInProgressIsNoError() {
        new Nccl(new StubLibrary(0).with("ncclCommGetAsyncError", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG), StateOfCommunicator.class,
                (communicator, out) -> {
                    StubLibrary.at(out, Integer.BYTES).set(JAVA_INT, 0, nccl.ncclInProgress);
                    return 0;
                })).checkAsynchronous(1);
        StubLibrary broken = failing(0, "remote error", "").with("ncclCommGetAsyncError", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG),
                StateOfCommunicator.class, (communicator, out) -> {
                    StubLibrary.at(out, Integer.BYTES).set(JAVA_INT, 0, nccl.ncclRemoteError);
                    return 0;
                });
        assertThatExceptionOfType(NativeException.class).isThrownBy(() -> new Nccl(broken).checkAsynchronous(1))
                .withMessageStartingWith("a collective returned ncclRemoteError (6): remote error; set");
    }

    @Test
    void collectivesAllocateNothing() {
        Nccl library = new Nccl(new StubLibrary(0));
        assertThat(AllocatedBytes.onceWarm(() -> {
            library.groupStart();
            library.send(1, 2, 3, 4, 5, 6);
            library.receive(1, 2, 3, 4, 5, 6);
            library.groupEnd();
            library.allReduce(1, 2, 3, 4, 5, 6, 7);
            library.allGather(1, 2, 3, 4, 5, 6);
            library.reduceScatter(1, 2, 3, 4, 5, 6, 7);
            library.broadcast(1, 2, 3, 4, 5, 6, 7);
        })).isZero();
    }

    /** Ids, groups and refusals need no GPU. */
    private static Nccl installed() {
        LoadReport report = Nccl.find(new LibraryLoader());
        Assumptions.assumeTrue(report.isLoaded(), () -> "no NCCL on this machine: " + report.candidates());
        return new Nccl(report.require());
    }

    @Test
    void installedLibraryMakesIds() {
        Nccl library = installed();
        assertThat(library.version()).isGreaterThan(21_800);
        assertThat(library.uniqueId()).hasSize(Nccl.UNIQUE_ID_BYTES).isNotEqualTo(new byte[Nccl.UNIQUE_ID_BYTES]).isNotEqualTo(library.uniqueId());
    }

    @Test
    void installedLibraryCountsGroups() {
        Nccl library = installed();
        library.groupStart();
        library.groupStart();
        library.groupEnd();
        library.groupEnd();
        assertThatExceptionOfType(NativeException.class).isThrownBy(library::groupEnd).withMessageStartingWith("ncclGroupEnd returned ncclInvalidUsage (5): ")
                .withMessageContaining("invalid usage").withMessageEndingWith("; look for a rank that ended, and at NCCL_SOCKET_IFNAME between machines");
    }

    /** What is refused inside a group makes the group fail, and the next group does not know of it. */
    @Test
    void installedLibraryRefusesCallsWithoutCommunicator() {
        Nccl library = installed();
        Map<String, Runnable> calls = Map.of("ncclSend", () -> library.send(0, 1, Nccl.FLOAT32, 0, 0, 0), "ncclRecv",
                () -> library.receive(0, 1, Nccl.FLOAT32, 0, 0, 0), "ncclAllReduce", () -> library.allReduce(0, 0, 1, Nccl.FLOAT32, Nccl.SUM, 0, 0),
                "ncclAllGather", () -> library.allGather(0, 0, 1, Nccl.FLOAT32, 0, 0), "ncclReduceScatter",
                () -> library.reduceScatter(0, 0, 1, Nccl.FLOAT32, Nccl.SUM, 0, 0), "ncclBroadcast", () -> library.broadcast(0, 0, 1, Nccl.FLOAT32, 0, 0, 0));
        calls.forEach((function, call) -> {
            assertRefused(function, call);
            library.groupStart();
            assertRefused(function, call);
            assertRefused("ncclGroupEnd", library::groupEnd);
            library.groupStart();
            library.groupEnd();
        });
        assertRefused("ncclCommGetAsyncError", () -> library.checkAsynchronous(0));
    }

    private static void assertRefused(String function, Runnable call) {
        assertThatExceptionOfType(NativeException.class).isThrownBy(call::run)
                .withMessageMatching(function + " returned ncclInvalidArgument \\(4\\): invalid argument: .*comm argument is NULL; set NCCL_DEBUG=INFO to see what "
                        + "NCCL says; this is a mistake in Crosscut: please report it with the command line");
    }

    /** The id travels by value past the library's other arguments; without a GPU the call ends in one sentence, with one in a world of one rank. */
    @Test
    void installedLibraryTakesIdByValue() {
        Nccl library = installed();
        byte[] id = library.uniqueId();
        byte[] before = id.clone();
        long communicator;
        try {
            communicator = library.initializeRank(1, id, 0);
        } catch (NativeException refused) {
            assertThat(refused).hasMessageMatching("ncclCommInitRank returned ncclUnhandledCudaError \\(1\\): unhandled cuda error: .*(CUDA driver version is "
                    + "insufficient for CUDA runtime version|no CUDA-capable device is detected).*; set NCCL_DEBUG=INFO to see what NCCL says; look at nvidia-smi; "
                    + "each rank needs a GPU, and the library a driver that fits it");
            assertThat(id).isEqualTo(before);
            return;
        }
        library.checkAsynchronous(communicator);
        library.destroy(communicator);
    }

    /** ncclGetErrorString. */
    @FunctionalInterface
    public interface TextOfCode {
        long call(int code);
    }

    /** ncclGetLastError. */
    @FunctionalInterface
    public interface TextOfCommunicator {
        long call(long communicator);
    }

    /** ncclCommGetAsyncError. */
    @FunctionalInterface
    public interface StateOfCommunicator {
        int call(long communicator, long out);
    }

    /** ncclCommInitRank. */
    @FunctionalInterface
    public interface InitRank {
        int call(long out, int ranks, MemorySegment id, int rank);
    }
}
