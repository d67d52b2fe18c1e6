package crosscut.launcher.command;

import crosscut.launcher.fetch.CudaFetch;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings NVIDIA's libraries to a machine that has only the driver. Runs when somebody asks for it, never by itself. */
@Command(name = "fetch-cuda", description = "Put cuBLASLt, NCCL and NVRTC into the cache folder, for machines with a GPU and its driver but no CUDA toolkit. "
        + "Downloads 1.9 GiB through Maven (CUDA 12.6, for GPUs up to compute capability 9.0) unless --jar is given.")
final class FetchCudaCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Option(names = "--jar", paramLabel = "FILE",
            description = "Take the libraries from this jar of the JavaCPP presets, such as cuda-redist-cublas or cuda-redist-nccl; can be given several times.")
    private List<Path> jars = List.of();

    @Override
    public void run() {
        new CudaFetch().run(jars, spec.commandLine().getOut(), System.console() != null && System.console().isTerminal());
    }
}
