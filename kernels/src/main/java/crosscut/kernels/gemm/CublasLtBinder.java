package crosscut.kernels.gemm;

import crosscut.kernels.device.ByteSize;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.cuda.CudaOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes bound products: descriptors, algorithm, addresses. */
final class CublasLtBinder implements AutoCloseable {

    private final CublasLtLibrary library;
    private final CudaOptions options;
    private final Predicate<Epilogue> uses;
    private final CublasLtAlgorithms algorithms;
    private final List<CublasLtDescriptors> descriptors = new ArrayList<>();

    /** Binds products on the GPU of {@code library}; {@code uses} says which epilogues may be used. */
    CublasLtBinder(CublasLtLibrary library, CudaOptions options, Predicate<Epilogue> uses) {
        this.library = library;
        this.uses = uses;
        this.options = options;
        algorithms = new CublasLtAlgorithms(library, options);
    }

    /** Library, version and how it is used. */
    String description() {
        return "cuBLASLt " + library.version() + (options.usesTf32() ? ", fp32 factors in TF32" : "")
                + (options.isDeterministic() ? "" : ", sums in any order") + ", workspace " + ByteSize.text(options.workspaceBytes());
    }

    DeviceMemory allocate(String owner, long bytes) {
        return library.context().allocate(owner, bytes);
    }

    /**
     * Binds a product, or gives null when cuBLASLt has no algorithm for it with this epilogue.
     *
     * @param vector address of the epilogue's vector, 0 without one
     * @param mask address of the epilogue's mask, 0 without one
     */
    Operation bind(CublasLtProblem problem, long vector, long mask) {
        if (!uses.test(problem.epilogue())) {
            return null;
        }
        CublasLtDescriptors described = new CublasLtDescriptors(library.blas(), problem, usesTf32(problem), vector, mask);
        CublasLtAlgorithm algorithm = algorithms.of(problem, described);
        if (algorithm == null) {
            described.close();
            return null;
        }
        descriptors.add(described);
        return new CublasLtProduct(library, problem, described, algorithm, problem.result().address());
    }

    /**
     * Binds a product that nothing can stand in for.
     *
     * @throws IllegalStateException when cuBLASLt has no algorithm for it
     */
    Operation require(CublasLtProblem problem, long vector, long mask) {
        Operation product = bind(problem, vector, mask);
        if (product == null) {
            throw new IllegalStateException("cuBLASLt " + library.version() + " has no algorithm for " + problem.key() + " with " + problem.epilogue()
                    + (usesTf32(problem) ? " in TF32" : "") + " and " + ByteSize.text(options.workspaceBytes()) + " of workspace");
        }
        return product;
    }

    private boolean usesTf32(CublasLtProblem problem) {
        return options.usesTf32() && problem.first().tensor().type() == DataType.FLOAT32;
    }

    @Override
    public void close() {
        descriptors.forEach(CublasLtDescriptors::close);
        library.close();
    }
}
