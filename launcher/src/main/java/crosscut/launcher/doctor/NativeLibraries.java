package crosscut.launcher.doctor;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LibrarySource;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeLibrary;
import crosscut.bindings.UnavailableLibraryException;
import crosscut.bindings.onednn.OneDnn;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Which native libraries load, from where, and why the others do not. */
final class NativeLibraries {

    private final LibraryLoader loader;

    NativeLibraries(LibraryLoader loader) {
        this.loader = loader;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        LoadReport oneDnn = OneDnn.find(loader);
        findings.add(new Finding("Matrix products", matrixProducts(oneDnn)));
        oneDnn.candidates().forEach(candidate -> findings.add(new Finding("", candidate.toString())));
        findings.add(new Finding("CUDA", "no device in this build yet; what this machine has of it:"));
        for (NativeLibrary library : cudaLibraries()) {
            LoadReport report = loader.load(library);
            findings.add(new Finding("", library.name() + ": " + reasons(report)));
        }
        return findings;
    }

    /** The dynamic linker's reasons begin with the file's name already. */
    private static String reasons(LoadReport report) {
        return report.candidates().stream().map(candidate -> candidate.reason() == null ? candidate.toString() : candidate.reason())
                .collect(Collectors.joining("; "));
    }

    private static String matrixProducts(LoadReport report) {
        String java = "the Vector API of this Java, because ";
        if (!report.isLoaded()) {
            return java + "oneDNN does not load:";
        }
        try (OneDnn library = new OneDnn(report.require())) {
            return "oneDNN " + library.version() + " with " + library.instructionSet();
        } catch (UnavailableLibraryException unusable) {
            return java + unusable.getMessage() + ":";
        }
    }

    private static List<NativeLibrary> cudaLibraries() {
        return List.of(system("driver", "CROSSCUT_CUDA", "libcuda.so.1"), system("cuBLASLt", "CROSSCUT_CUBLASLT", "libcublasLt.so.13", "libcublasLt.so.12"),
                system("NCCL", "CROSSCUT_NCCL", "libnccl.so.2"));
    }

    private static NativeLibrary system(String name, String overrideVariable, String... fileNames) {
        List<LibrarySource> sources = new ArrayList<>();
        for (String fileName : fileNames) {
            sources.add(new LibrarySource.SystemName(fileName));
        }
        return new NativeLibrary(name, overrideVariable, sources);
    }
}
