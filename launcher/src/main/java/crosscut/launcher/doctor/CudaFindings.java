package crosscut.launcher.doctor;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeException;
import crosscut.bindings.UnavailableLibraryException;
import crosscut.bindings.cublaslt.CublasLt;
import crosscut.bindings.cuda.Cuda;
import crosscut.bindings.cuda.CudaDevices;
import crosscut.bindings.nccl.Nccl;
import crosscut.kernels.device.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The NVIDIA driver, the GPUs it sees, and the libraries of a CUDA toolkit: each with every place that was tried. */
final class CudaFindings {

    private final LibraryLoader loader;
    private final Machine machine;

    CudaFindings(LibraryLoader loader, Machine machine) {
        this.loader = loader;
        this.machine = machine;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>(driver());
        LoadReport cublasLt = CublasLt.find(loader);
        add(findings, "cuBLASLt", cublasLt, "none, and --device cuda needs it; ./crosscut fetch-cuda gets one",
                () -> dotted(new CublasLt(cublasLt.require()).version()));
        LoadReport nccl = Nccl.find(loader);
        add(findings, "NCCL", nccl, "none, which one GPU does not need; ./crosscut fetch-cuda gets one", () -> dotted(new Nccl(nccl.require()).version()));
        return findings;
    }

    private List<Finding> driver() {
        LoadReport report = Cuda.find(loader);
        List<Finding> devices = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        String kernelModule = machine.nvidiaDriver();
        add(findings, "NVIDIA driver", report, "none: --device cuda cannot run here, --device cuda-sim can", () -> {
            Cuda cuda = new Cuda(report.require());
            cuda.initialize();
            for (int ordinal = 0; ordinal < cuda.devices().count(); ordinal++) {
                devices.add(new Finding("GPU " + ordinal, description(cuda.devices(), ordinal)));
            }
            int version = cuda.driverVersion();
            return (kernelModule.isEmpty() ? "" : kernelModule + ", ") + "up to CUDA " + version / 1000 + "." + version % 1000 / 10;
        });
        findings.addAll(devices);
        return findings;
    }

    private static String description(CudaDevices devices, int ordinal) {
        int device = devices.device(ordinal);
        return devices.name(device) + ", " + ByteSize.text(devices.totalMemory(device)) + ", compute capability "
                + devices.attribute(device, CudaDevices.COMPUTE_CAPABILITY_MAJOR) + "." + devices.attribute(device, CudaDevices.COMPUTE_CAPABILITY_MINOR) + ", "
                + devices.attribute(device, CudaDevices.MULTIPROCESSOR_COUNT) + " multiprocessors, PCI " + devices.busId(device);
    }

    /** One line that says what there is, and one for each place. */
    private static void add(List<Finding> findings, String topic, LoadReport report, String absent, Supplier<String> present) {
        findings.add(new Finding(topic, report.isLoaded() ? text(present) : absent));
        report.candidates().forEach(candidate -> findings.add(new Finding("", candidate.toString())));
    }

    private static String text(Supplier<String> present) {
        try {
            return present.get();
        } catch (UnavailableLibraryException | NativeException unusable) {
            return "unusable: " + unusable.getMessage();
        }
    }

    /** 130100 as 13.1.0: both libraries count so since cuBLAS 12 and NCCL 2.9. */
    private static String dotted(long version) {
        return version / 10_000 + "." + version / 100 % 100 + "." + version % 100;
    }
}
