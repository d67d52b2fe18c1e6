package crosscut.kernels.gemm;

import crosscut.bindings.cublaslt.CublasLt;
import crosscut.bindings.cublaslt.CublasLtConstants;
import crosscut.bindings.cublaslt.MatmulHeuristics;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/** What cuBLASLt's heuristics propose for a product, best guess first. */
final class CublasLtProposals {

    private static final int MOST = 32;

    /** Attributes of the alignment of A, B, C and D. */
    private static final List<Integer> ALIGNMENTS = List.of(CublasLtConstants.MIN_ALIGNMENT_A_BYTES, CublasLtConstants.MIN_ALIGNMENT_B_BYTES,
            CublasLtConstants.MIN_ALIGNMENT_C_BYTES, CublasLtConstants.MIN_ALIGNMENT_D_BYTES);

    private final CublasLtLibrary library;
    private final CudaOptions options;
    private final MatmulHeuristics results = new MatmulHeuristics(Arena.ofAuto(), MOST);

    CublasLtProposals(CublasLtLibrary library, CudaOptions options) {
        this.library = library;
        this.options = options;
    }

    /** The algorithms that compute {@code problem} within the workspace; none when cuBLASLt has none. */
    List<CublasLtAlgorithm> of(CublasLtProblem problem, CublasLtDescriptors descriptors) {
        CublasLt blas = library.blas();
        long preference = blas.createPreference();
        try {
            blas.setPreference(preference, CublasLtConstants.MAX_WORKSPACE_BYTES, options.workspaceBytes());
            blas.setPreference(preference, CublasLtConstants.REDUCTION_SCHEME_MASK, reductions(problem.result().type()));
            Tensor addend = problem.addend() == null ? problem.result() : problem.addend();
            List<Tensor> matrices = List.of(problem.first().tensor(), problem.second().tensor(), addend, problem.result());
            for (int index = 0; index < matrices.size(); index++) {
                blas.setPreference(preference, ALIGNMENTS.get(index), (int) CublasLtProblem.alignment(matrices.get(index)));
            }
            blas.heuristics(library.handle(), descriptors.operation(), descriptors.first(), descriptors.second(), descriptors.addend(), descriptors.result(),
                    preference, results);
        } finally {
            blas.destroyPreference(preference);
        }
        return IntStream.range(0, results.count()).filter(results::isUsable)
                .mapToObj(index -> CublasLtAlgorithm.copyOf(results.algorithm(index), results.workspaceBytes(index))).toList();
    }

    /** Adding in place is left out of what has to be reproducible, and wherever it would round every partial sum to half precision. */
    private int reductions(DataType result) {
        int inWorkspace = CublasLtConstants.REDUCTION_SCHEME_COMPUTE_TYPE;
        return options.isDeterministic() || result != DataType.FLOAT32 ? inWorkspace : inWorkspace | CublasLtConstants.REDUCTION_SCHEME_INPLACE;
    }

    /** The algorithm that was kept as {@code bytes}, or null when the library has another opinion of it or when it needs more workspace than there is. */
    CublasLtAlgorithm kept(byte[] bytes, CublasLtDescriptors descriptors) {
        if (bytes.length != CublasLt.algorithmBytes()) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment configuration = arena.allocate(bytes.length, Long.BYTES).copyFrom(MemorySegment.ofArray(bytes));
            boolean isUsable = library.blas().isAlgorithmUsable(library.handle(), descriptors.operation(), descriptors.first(), descriptors.second(),
                    descriptors.addend(), descriptors.result(), configuration, results);
            return isUsable && results.workspaceBytes(0) <= options.workspaceBytes()
                    ? CublasLtAlgorithm.copyOf(configuration, results.workspaceBytes(0)) : null;
        }
    }
}
