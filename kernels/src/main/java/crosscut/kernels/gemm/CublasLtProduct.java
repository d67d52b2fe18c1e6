package crosscut.kernels.gemm;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.cuda.CudaStream;

/** One bound call of cuBLASLt: descriptors, addresses and algorithm are made once, launching allocates nothing. */
final class CublasLtProduct implements Operation {

    private final CublasLtLibrary library;
    private final CublasLtDescriptors descriptors;
    private final CublasLtAlgorithm algorithm;
    private final long first;
    private final long second;
    private final long addend;
    private final long result;
    private final long addendFactor;

    /**
     * Binds the call.
     *
     * @param result where the result goes, which may be other memory than the problem's of the same layout
     */
    CublasLtProduct(CublasLtLibrary library, CublasLtProblem problem, CublasLtDescriptors descriptors, CublasLtAlgorithm algorithm, long result) {
        this.library = library;
        this.descriptors = descriptors;
        this.algorithm = algorithm;
        this.result = result;
        first = problem.first().tensor().address();
        second = problem.second().tensor().address();
        addend = problem.addend() == null ? result : problem.addend().address();
        addendFactor = problem.addend() == null ? library.zero() : library.one();
    }

    @Override
    public void launch(Stream stream) {
        library.context().driver();
        library.blas().matmul(library.handle(), descriptors.operation(), library.one(), first, descriptors.first(), second, descriptors.second(), addendFactor,
                addend, descriptors.addend(), result, descriptors.result(), algorithm.configuration().address(), CudaStream.workspace(stream),
                algorithm.workspaceBytes(), CudaStream.handle(stream));
    }
}
