package crosscut.kernels.device.cuda;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.cublaslt.CublasLt;
import crosscut.bindings.cuda.Cuda;
import crosscut.bindings.nccl.Nccl;
import crosscut.simulator.nccl.SimulatedNetwork;
import java.lang.foreign.SymbolLookup;
import java.util.Set;

/** The machine's first GPU, with whatever libraries the machine has. */
final class RealGpu implements TestGpu {

    private final SymbolLookup driver;
    private final SymbolLookup blas;
    private final CudaLibraries libraries;

    RealGpu() {
        LibraryLoader loader = new LibraryLoader();
        driver = GoldenRecorder.ifWanted(Cuda.find(loader).require());
        blas = CublasLt.find(loader).require();
        libraries = new CudaLibraries(new Cuda(driver), new CublasLt(blas));
    }

    @Override
    public CudaLibraries libraries() {
        return libraries;
    }

    @Override
    public CudaLibraries silent(Set<String> replaced) {
        return new CudaLibraries(new Cuda(new SilentFunctions(driver, replaced)), new CublasLt(new SilentFunctions(blas, replaced)));
    }

    @Override
    public Nccl nccl(SimulatedNetwork network) {
        return new Nccl(Nccl.find(new LibraryLoader()).require());
    }

    @Override
    public Nccl silentNccl(SimulatedNetwork network) {
        return new Nccl(new SilentFunctions(Nccl.find(new LibraryLoader()).require(), TRANSFERS));
    }

    @Override
    public CudaOptions options() {
        return CudaOptions.ofGpu(0, null, message -> {
            throw new AssertionError(message);
        });
    }

    @Override
    public void close() {
        // The driver keeps no list of mistakes; compute-sanitizer does.
        GoldenRecorder.save();
    }
}
