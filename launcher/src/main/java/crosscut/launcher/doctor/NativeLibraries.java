package crosscut.launcher.doctor;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.UnavailableLibraryException;
import crosscut.bindings.onednn.OneDnn;
import java.util.ArrayList;
import java.util.List;

/** Which native libraries load, from where, and why the others do not. */
final class NativeLibraries {

    private final LibraryLoader loader;
    private final Machine machine;

    NativeLibraries(LibraryLoader loader, Machine machine) {
        this.loader = loader;
        this.machine = machine;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        LoadReport oneDnn = OneDnn.find(loader);
        findings.add(new Finding("Matrix products", matrixProducts(oneDnn)));
        oneDnn.candidates().forEach(candidate -> findings.add(new Finding("", candidate.toString())));
        findings.addAll(new CudaFindings(loader, machine).findings());
        return findings;
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
}
