package crosscut.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaLibraryPlacesTest {

    @TempDir
    private Path root;

    private List<String> places(Map<String, String> environment, String... fileNames) {
        Map<String, String> complete = new java.util.HashMap<>(environment);
        complete.put("CROSSCUT_CACHE", root.resolve("cache").toString());
        return new CudaLibraryPlaces(complete::get, root).sources(fileNames).stream().map(LibrarySource::label)
                .map(label -> label.replace(root.toString(), "")).toList();
    }

    private void create(String file) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.createFile(root.resolve(file));
    }

    @Test
    void bareMachineHasTheSystemAndTheCache() {
        assertThat(places(Map.of(), "libx.so.13", "libx.so.12"))
                .containsExactly("libx.so.13 of the system", "/cache/cuda/libx.so.13", "libx.so.12 of the system", "/cache/cuda/libx.so.12");
    }

    @Test
    void namedFoldersComeFirstEvenWithoutTheLibrary() {
        assertThat(places(Map.of("CROSSCUT_CUDA_LIBS", "/a::/b"), "libx.so.2"))
                .containsExactly("/a/libx.so.2", "/b/libx.so.2", "libx.so.2 of the system", "/cache/cuda/libx.so.2");
    }

    @Test
    void toolkitsAreNamedOnceWhateverLinksToThem() throws IOException {
        create("usr/local/cuda-12.4/lib64/libother.so");
        create("usr/local/cuda-13.0/targets/x86_64-linux/lib/libother.so");
        Files.createSymbolicLink(root.resolve("usr/local/cuda-13.0/lib64"), root.resolve("usr/local/cuda-13.0/targets/x86_64-linux/lib"));
        Files.createSymbolicLink(root.resolve("usr/local/cuda"), root.resolve("usr/local/cuda-13.0"));
        create("opt/own/lib64/libx.so.2");
        assertThat(places(Map.of("CUDA_HOME", root.resolve("opt/own").toString()), "libx.so.2")).containsExactly("libx.so.2 of the system",
                "/opt/own/lib64/libx.so.2", "/usr/local/cuda/lib64/libx.so.2", "/usr/local/cuda-12.4/lib64/libx.so.2", "/cache/cuda/libx.so.2");
    }

    @Test
    void pythonPackagesCountWhereTheyHaveTheLibrary() throws IOException {
        create("venv/lib/python3.12/site-packages/nvidia/cu13/lib/libx.so.13");
        create("conda/lib/python3.11/site-packages/nvidia/cublas/lib/libx.so.12");
        create("opt/python/bin/python3");
        create("opt/python/lib/python3.13/site-packages/nvidia/cublas/lib/libx.so.12");
        create("home/.local/lib/python3.10/site-packages/nvidia/cublas/lib/libx.so.12");
        create("usr/local/lib/python3.9/dist-packages/nvidia/cublas/lib/libx.so.12");
        create("usr/local/lib/python3.9/dist-packages/nvidia/cudnn/lib/libother.so");
        Map<String, String> environment = Map.of("VIRTUAL_ENV", root.resolve("venv").toString(), "CONDA_PREFIX", root.resolve("conda").toString(),
                "PATH", root.resolve("opt/none") + ":" + root.resolve("opt/python/bin"), "HOME", root.resolve("home").toString());
        assertThat(places(environment, "libx.so.13", "libx.so.12")).containsExactly(
                "libx.so.13 of the system", "/venv/lib/python3.12/site-packages/nvidia/cu13/lib/libx.so.13", "/cache/cuda/libx.so.13",
                "libx.so.12 of the system", "/conda/lib/python3.11/site-packages/nvidia/cublas/lib/libx.so.12",
                "/opt/python/lib/python3.13/site-packages/nvidia/cublas/lib/libx.so.12", "/home/.local/lib/python3.10/site-packages/nvidia/cublas/lib/libx.so.12",
                "/usr/local/lib/python3.9/dist-packages/nvidia/cublas/lib/libx.so.12", "/cache/cuda/libx.so.12");
    }

    @Test
    void everyPlaceHasItsReason() throws IOException {
        create("cache/cuda/libx.so.2");
        LibraryLoader loader = new LibraryLoader(name -> {
            throw new IOException(name + ": too broken");
        }, Map.of("CROSSCUT_CACHE", root.resolve("cache").toString(), "CROSSCUT_CUDA_LIBS", "/none")::get);
        LoadReport report = loader.load(new NativeLibrary("X", "CROSSCUT_X", new CudaLibraryPlaces(loader.environment(), root).sources("libx.so.2")));
        Path cached = root.resolve("cache/cuda/libx.so.2");
        assertThat(report.candidates()).extracting(LoadReport.Candidate::toString)
                .containsExactly("/none/libx.so.2: no such file", "libx.so.2 of the system: libx.so.2: too broken", cached + ": too broken");
    }

    @Test
    void cacheIsNeverInAFolderOfOthers() {
        assertThat(CudaLibraryPlaces.cache(Map.of("CROSSCUT_CACHE", "/mine")::get)).isEqualTo(Optional.of(Path.of("/mine/cuda")));
        assertThat(CudaLibraryPlaces.cache(Map.of("XDG_CACHE_HOME", "/mine")::get)).isEqualTo(Optional.of(Path.of("/mine/crosscut/cuda")));
    }

    /** The runtime library needs no driver to say its version. */
    @Test
    @SuppressWarnings("restricted")
    void installedRuntimeIsFoundAndAnswers() throws Throwable {
        LibraryLoader loader = new LibraryLoader();
        LoadReport report = loader.load(new NativeLibrary("CUDA runtime", "CROSSCUT_CUDART",
                CudaLibraryPlaces.of(loader.environment(), "libcudart.so.13", "libcudart.so.12")));
        Assumptions.assumeTrue(report.isLoaded(), () -> "no CUDA runtime on this machine: " + report.candidates());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(ValueLayout.JAVA_INT);
            int status = (int) Linker.nativeLinker().downcallHandle(report.require().find("cudaRuntimeGetVersion").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS)).invokeExact(version);
            assertThat(status).isZero();
            assertThat(version.get(ValueLayout.JAVA_INT, 0)).isBetween(12_000, 13_999);
        }
    }
}
