package crosscut.bindings.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import crosscut.bindings.AllocatedBytes;
import crosscut.bindings.ConstantValues;
import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeException;
import crosscut.bindings.StubLibrary;
import crosscut.bindings.UnavailableLibraryException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUresult;
import org.bytedeco.cuda.global.cudart;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CudaTest {

    private static final FunctionDescriptor LOAD = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

    @Test
    void missingDriverIsSaidWithEveryPlace() {
        LibraryLoader loader = new LibraryLoader(name -> {
            throw new java.io.IOException(name + ": cannot open shared object file: No such file or directory");
        }, name -> null);
        assertThatExceptionOfType(UnavailableLibraryException.class).isThrownBy(Cuda.find(loader)::require).withMessage("the CUDA driver is not available ("
                + "libcuda.so.1 of the system: libcuda.so.1: cannot open shared object file: No such file or directory; "
                + "libcuda.so of the system: libcuda.so: cannot open shared object file: No such file or directory); CROSSCUT_LIBCUDA can name its file");
    }

    @Test
    void missingFunctionIsNamed() {
        assertThatExceptionOfType(UnavailableLibraryException.class).isThrownBy(() -> new Cuda(new StubLibrary(0).without("cuGraphInstantiateWithFlags")))
                .withMessage("the CUDA driver has no function cuGraphInstantiateWithFlags: it is older than CUDA 12.0; install a newer NVIDIA driver");
    }

    @Test
    void oldDriverIsNamedWithItsVersion() {
        Cuda cuda = new Cuda(new StubLibrary(0).writing("cuDriverGetVersion", 11_080));
        assertThat(cuda.driverVersion()).isEqualTo(11_080);
        assertThatExceptionOfType(UnavailableLibraryException.class).isThrownBy(cuda::initialize)
                .withMessage("the NVIDIA driver supports CUDA 11.8, but CUDA 12.0 or newer is needed: install a newer driver");
        new Cuda(new StubLibrary(0).writing("cuDriverGetVersion", 12_000)).initialize();
    }

    /** A toolkit's libcuda.so answers everything with 34 and writes nothing. */
    @Test
    void stubLibraryOfAToolkitIsRecognised() {
        assertThatExceptionOfType(NativeException.class).isThrownBy(new Cuda(new StubLibrary(34))::initialize)
                .withMessage("cuInit returned CUDA_ERROR_STUB_LIBRARY (34): the library has no text for it; this is the stub library of a CUDA toolkit: install the "
                        + "NVIDIA driver, or take the stubs folder off the library path");
    }

    @Test
    void statusHasNameAndTextOfTheDriver() {
        StubLibrary library = new StubLibrary(0).returning("cuInit", 100).naming("cuGetErrorName", "CUDA_ERROR_NO_DEVICE")
                .naming("cuGetErrorString", "no CUDA-capable device is detected");
        assertThatExceptionOfType(NativeException.class).isThrownBy(new Cuda(library)::initialize)
                .satisfies(thrown -> assertThat(thrown.code()).isEqualTo(100)).satisfies(thrown -> assertThat(thrown.function()).isEqualTo("cuInit"))
                .withMessage("cuInit returned CUDA_ERROR_NO_DEVICE (100): no CUDA-capable device is detected; no GPU is visible: look at nvidia-smi and "
                        + "CUDA_VISIBLE_DEVICES");
    }

    @ParameterizedTest
    @EnumSource
    void errorsAreThoseOfTheHeader(CudaError error) {
        assertThat(ConstantValues.of(cudart.class)).containsEntry(CudaError.name(error.code()), error.code());
        assertThat(CUresult.stringFor(error.code())).isIn(CudaError.name(error.code()), "INVALID CUresult: " + error.code());
        assertThat(CudaError.advice(error.code())).isNotBlank();
        assertThat(CudaError.name(-5)).isEqualTo("unknown status");
    }

    @Test
    void constantsAreThoseOfTheHeader() {
        assertThat(new int[] {CudaDevices.COMPUTE_CAPABILITY_MAJOR, CudaDevices.COMPUTE_CAPABILITY_MINOR, CudaDevices.MULTIPROCESSOR_COUNT}).containsExactly(
                cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR,
                cudart.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
        assertThat(new int[] {CudaModules.REGISTERS, CudaModules.LOCAL_BYTES, CudaModules.DYNAMIC_SHARED_BYTES}).containsExactly(
                cudart.CU_FUNC_ATTRIBUTE_NUM_REGS, cudart.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES, cudart.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);
        assertThat(Cuda.OUT_OF_MEMORY).isEqualTo(CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        assertThat(CudaStatus.NOT_READY).isEqualTo(CUresult.CUDA_ERROR_NOT_READY);
    }

    @Test
    void compilersLogIsInTheMessage() {
        StubLibrary library = new StubLibrary(0).naming("cuGetErrorName", "CUDA_ERROR_INVALID_PTX").with("cuModuleLoadDataEx", LOAD, LoadData.class,
                (module, image, count, options, values) -> {
                    long log = StubLibrary.at(values, 2 * Long.BYTES).get(JAVA_LONG, 0);
                    String ptx = StubLibrary.at(image, 100).getString(0);
                    StubLibrary.at(log, 100).setString(0, ptx + ", line 3;\n  error: Unknown symbol\n");
                    return 218;
                });
        assertThatExceptionOfType(NativeException.class)
                .isThrownBy(() -> new Cuda(library).modules().load("my.ptx".getBytes(StandardCharsets.US_ASCII)))
                .withMessageStartingWith("cuModuleLoadDataEx returned CUDA_ERROR_INVALID_PTX (218): my.ptx, line 3;; error: Unknown symbol; this GPU or driver");
    }

    @Test
    void unfinishedWorkIsNoError() {
        Cuda busy = new Cuda(new StubLibrary(0).returning("cuStreamQuery", 600).returning("cuEventQuery", 600));
        assertThat(busy.isStreamDone(1)).isFalse();
        assertThat(busy.isEventDone(1)).isFalse();
        assertThat(new Cuda(new StubLibrary(0)).isStreamDone(1)).isTrue();
        assertThatExceptionOfType(NativeException.class).isThrownBy(() -> new Cuda(new StubLibrary(700)).isEventDone(1))
                .withMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS (700)");
    }

    @Test
    void olderDriversMeasureTimeByTheOlderFunction() {
        StubLibrary library = new StubLibrary(0).without("cuEventElapsedTime_v2").writing("cuEventElapsedTime", Float.floatToIntBits(1.5f));
        assertThat(new Cuda(library).elapsedMilliseconds(1, 2)).isEqualTo(1.5f);
    }

    @Test
    void stepsCallsAllocateNothing() {
        Cuda cuda = new Cuda(new StubLibrary(0));
        assertThat(AllocatedBytes.onceWarm(() -> {
            cuda.launch(1, 2, 1, 1, 256, 1, 1, 0, 3, 4);
            cuda.copyToDeviceAsync(1, 2, 3, 4);
            cuda.fill32Async(1, 2, 3, 4);
            cuda.recordEvent(1, 2);
            cuda.streamWaitEvent(1, 2);
            cuda.graphs().launch(1, 2);
            cuda.isEventDone(1);
        })).isZero();
    }

    /** A driver that calls host functions at once. */
    @Test
    @SuppressWarnings("restricted")
    void hostFunctionsRunAndTheirExceptionsStayOutOfTheDriver() {
        FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        MethodHandle call = Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(JAVA_LONG));
        Cuda cuda = new Cuda(new StubLibrary(0).with("cuLaunchHostFunc", descriptor, LaunchHost.class, (stream, function, data) -> {
            try {
                call.invokeExact(MemorySegment.ofAddress(function), data);
                return 0;
            } catch (Throwable thrown) {
                return 999;
            }
        }));
        List<Object> heard = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            cuda.launchHostFunction(new HostFunction(() -> heard.add("done"), heard::add, arena), 1);
            IllegalStateException failure = new IllegalStateException("no");
            cuda.launchHostFunction(new HostFunction(() -> {
                throw failure;
            }, heard::add, arena), 1);
            assertThat(heard).containsExactly("done", failure);
        }
    }

    @Test
    void installedDriverAnswers() {
        LoadReport report = Cuda.find(new LibraryLoader());
        Assumptions.assumeTrue(report.isLoaded(), () -> "no CUDA driver on this machine: " + report.candidates());
        try {
            Cuda cuda = new Cuda(report.require());
            cuda.initialize();
            assertThat(cuda.driverVersion()).isGreaterThanOrEqualTo(12_000);
            assertThat(cuda.devices().name(cuda.devices().device(0))).isNotBlank();
        } catch (UnavailableLibraryException | NativeException unusable) {
            // A driver without a device, or a stub: its sentence must say what to do.
            assertThat(unusable).hasMessageContaining(";");
        }
    }

    /** cuLaunchHostFunc. */
    @FunctionalInterface
    public interface LaunchHost {
        int call(long stream, long function, long data);
    }

    /** cuModuleLoadDataEx. */
    @FunctionalInterface
    public interface LoadData {
        int call(long module, long image, int count, long options, long values);
    }
}
