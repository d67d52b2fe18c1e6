package crosscut.kernels.gemm;

import crosscut.bindings.NativeException;
import crosscut.kernels.device.cuda.CudaOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One algorithm per kind of product: from the file of an earlier search, else the fastest of those that cuBLASLt proposes or, without a search, its first
 * proposal. Products that sum in an order which timing decides are not among the proposals unless options allow it.
 */
final class CublasLtAlgorithms {

    private final CublasLtProposals proposals;
    private final CublasLtSearch search;
    private final CudaOptions options;
    private final AlgorithmFile file;
    private final Map<String, CublasLtAlgorithm> chosen = new HashMap<>();

    CublasLtAlgorithms(CublasLtLibrary library, CudaOptions options) {
        this.options = options;
        proposals = new CublasLtProposals(library, options);
        search = new CublasLtSearch(library, options);
        file = new AlgorithmFile(options.algorithmFolder(), library.context().model(), library.versionNumber(), options.messages());
    }

    /** The algorithm for {@code problem}, or null when cuBLASLt has none for it. */
    CublasLtAlgorithm of(CublasLtProblem problem, CublasLtDescriptors descriptors) {
        String key = problem.key() + " " + problem.epilogue() + (options.usesTf32() ? " tf32" : "") + (options.isDeterministic() ? "" : " any-order")
                + " workspace " + options.workspaceBytes();
        if (!chosen.containsKey(key)) {
            List<CublasLtAlgorithm> proposed = proposals.of(problem, descriptors);
            chosen.put(key, proposed.isEmpty() ? null
                    : options.searchesAlgorithms() ? file.exclusively(() -> found(key, problem, descriptors, proposed)) : proposed.getFirst());
        }
        return chosen.get(key);
    }

    private CublasLtAlgorithm found(String key, CublasLtProblem problem, CublasLtDescriptors descriptors, List<CublasLtAlgorithm> proposed) {
        byte[] kept = file.read().get(key);
        if (kept != null) {
            CublasLtAlgorithm known = tried(kept, problem, descriptors);
            if (known != null) {
                return known;
            }
            options.messages().accept("the algorithm that was kept for " + key + " cannot be used any more; another is chosen");
        }
        CublasLtAlgorithm fastest = search.fastest(problem, descriptors, proposed);
        file.write(Map.of(key, fastest.toBytes()));
        return fastest;
    }

    /** A kept algorithm that has run once, or null when the library does not take it. Running it brings its code to the GPU, which a capture could not do. */
    private CublasLtAlgorithm tried(byte[] kept, CublasLtProblem problem, CublasLtDescriptors descriptors) {
        CublasLtAlgorithm known = proposals.kept(kept, descriptors);
        try {
            return known == null ? null : search.fastest(problem, descriptors, List.of(known));
        } catch (NativeException refused) {
            return null;
        }
    }
}
