package crosscut.launcher.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LibraryOpener;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.blas.SimulatedCublasLt;
import crosscut.simulator.driver.SimulatedCuda;
import crosscut.simulator.driver.SimulatedDevice;
import java.io.IOException;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaFindingsTest {

    @TempDir
    private Path root;

    private List<String> lines(LibraryOpener opener) {
        Map<String, String> environment = Map.of("CROSSCUT_CACHE", root.resolve("cache").toString(), "CROSSCUT_CUDA_LIBS", "/none");
        return new CudaFindings(new LibraryLoader(opener, environment::get), new Machine(root)).findings().stream()
                .map(finding -> (finding.topic() + ": " + finding.text()).replace(root.toString(), "")).toList();
    }

    @Test
    void machineWithoutAnythingHasEveryPlaceAndItsReason() {
        List<String> lines = lines(name -> {
            throw new IOException(name + ": cannot open shared object file");
        });
        assertThat(lines).startsWith("NVIDIA driver: none: --device cuda cannot run here, --device cuda-sim can",
                ": libcuda.so.1 of the system: libcuda.so.1: cannot open shared object file",
                ": libcuda.so of the system: libcuda.so: cannot open shared object file",
                "cuBLASLt: none, and --device cuda needs it; ./crosscut fetch-cuda gets one",
                ": /none/libcublasLt.so.13: no such file",
                ": libcublasLt.so.13 of the system: libcublasLt.so.13: cannot open shared object file");
        assertThat(lines).contains(": /cache/cuda/libcublasLt.so.13: no such file", ": /cache/cuda/libcublasLt.so.12: no such file",
                "NCCL: none, which one GPU does not need; ./crosscut fetch-cuda gets one", ": /none/libnccl.so.2: no such file",
                ": /cache/cuda/libnccl.so.2: no such file");
    }

    @Test
    void gpuAndItsLibrariesAreDescribed() throws IOException {
        Files.createDirectories(root.resolve("proc/driver/nvidia"));
        Files.writeString(root.resolve("proc/driver/nvidia/version"),
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  (dvs-builder@U22)\nGCC version:  gcc version 12.3.0\n");
        SimulatorOptions options = SimulatorOptions.defaults();
        try (SimulatedCuda driver = new SimulatedCuda(options, new SimulatedDevice(4, 3L << 30, 1)); SimulatedCublasLt blas = new SimulatedCublasLt(driver, 1)) {
            List<String> lines = lines(name -> name.startsWith("libcuda") ? driver : name.equals("libcublasLt.so.12") ? blas : missing(name));
            assertThat(lines).startsWith("NVIDIA driver: 580.95.05, up to CUDA 13.0", ": libcuda.so.1 of the system: opened",
                    "GPU 0: Crosscut PTX simulator, 3.0 GiB, compute capability 8.0, 4 multiprocessors, PCI 0000:00:00.0");
            assertThat(lines).contains(": libcublasLt.so.12 of the system: opened").anyMatch(line -> line.matches("cuBLASLt: 1\\d\\.\\d+\\.\\d+"));
        }
    }

    private static SymbolLookup missing(String name) throws IOException {
        throw new IOException(name + ": no");
    }

    @Test
    void libraryThatLacksAFunctionIsUnusable() {
        assertThat(lines(name -> symbol -> Optional.empty())).contains("NVIDIA driver: unusable: the CUDA driver has no function cuGetErrorName: it is older than "
                + "CUDA 12.0; install a newer NVIDIA driver").anyMatch(line -> line.startsWith("cuBLASLt: unusable: cuBLASLt has no function "))
                .anyMatch(line -> line.startsWith("NCCL: unusable: NCCL has no function "));
    }

    @Test
    void versionsOfBothKernelModulesAreRead() throws IOException {
        Files.createDirectories(root.resolve("proc/driver/nvidia"));
        for (String line : List.of("NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12", "NVIDIA UNIX Open Kernel Module for x86_64  535.183.01  Release")) {
            Files.writeString(root.resolve("proc/driver/nvidia/version"), "NVRM version: " + line + "\n");
            assertThat(new Machine(root).nvidiaDriver()).isEqualTo("535.183.01");
        }
        assertThat(new Machine(root.resolve("other")).nvidiaDriver()).isEmpty();
    }
}
