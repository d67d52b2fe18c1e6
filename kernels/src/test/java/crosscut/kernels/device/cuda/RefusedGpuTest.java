package crosscut.kernels.device.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.bindings.NativeException;
import crosscut.bindings.cuda.Cuda;
import crosscut.kernels.device.OutOfDeviceMemoryException;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.driver.SimulatedCuda;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandles;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A driver that answers what the simulated one never does. */
@SuppressWarnings("restricted")
class RefusedGpuTest {

    private static final int OUT_OF_MEMORY = 2;
    private static final CudaOptions OPTIONS = CudaOptions.ofSimulator(message -> { });

    private static int everyAttributeIsSeven(MemorySegment value, int attribute, int device) {
        value.set(JAVA_INT, 0, 7);
        return 0;
    }

    private static int noMemory(MemorySegment address, long bytes) {
        return OUT_OF_MEMORY;
    }

    private static SymbolLookup with(SymbolLookup driver, String name, String replacement, FunctionDescriptor descriptor) {
        try {
            MemorySegment stub = Linker.nativeLinker().upcallStub(
                    MethodHandles.lookup().findStatic(RefusedGpuTest.class, replacement, descriptor.toMethodType()), descriptor, Arena.ofAuto());
            return wanted -> wanted.equals(name) ? Optional.of(stub) : driver.find(wanted);
        } catch (ReflectiveOperationException mistake) {
            throw new AssertionError(mistake);
        }
    }

    @Test
    void anOldGpuIsRefused() {
        SimulatedCuda driver = new SimulatedCuda(SimulatorOptions.defaults());
        SymbolLookup old = with(driver, "cuDeviceGetAttribute", "everyAttributeIsSeven",
                FunctionDescriptor.of(JAVA_INT, ADDRESS.withTargetLayout(JAVA_INT), JAVA_INT, JAVA_INT));
        assertThatIllegalStateException().isThrownBy(() -> CudaDevice.open(new CudaLibraries(new Cuda(old), null), OPTIONS))
                .withMessageMatching("GPU 0 \\(.+\\) has compute capability 7\\.7, but the kernels need 8\\.0 \\(Ampere\\) or newer; "
                        + "train with --device cpu on this machine");
        driver.close();
        assertThat(driver.findings().all()).isEmpty();
    }

    /** Free memory may lie in pieces, and other processes take some after we have asked. */
    @Test
    void aDriverWithoutMemoryIsBelieved() {
        SimulatedCuda driver = new SimulatedCuda(SimulatorOptions.defaults());
        SymbolLookup full = with(driver, "cuMemAlloc_v2", "noMemory", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
        try (CudaDevice device = CudaDevice.open(new CudaLibraries(new Cuda(full), null), OPTIONS)) {
            assertThatThrownBy(() -> device.allocate("embedding tables", 1000)).isInstanceOf(OutOfDeviceMemoryException.class)
                    .hasMessageContaining("embedding tables needs 1000 bytes, but GPU 0")
                    .hasRootCauseInstanceOf(NativeException.class);
            assertThatIllegalStateException().isThrownBy(device::matrixProducts).withMessageContaining("was opened without cuBLASLt");
        }
        driver.close();
        assertThat(driver.findings().all()).isEmpty();
    }
}
