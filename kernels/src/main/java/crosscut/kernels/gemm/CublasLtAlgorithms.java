package crosscut.kernels.gemm;

import crosscut.kernels.device.cuda.CudaOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One algorithm per kind of product: from the file of an earlier search, else the fastest of those that cuBLASLt proposes or, without a search, its first
 * proposal. Products that sum in an order which timing decides are not among the proposals unless options allow it.
 */
final class CublasLtAlgorithms {

    private final CublasLtLibrary library;
    private final CublasLtProposals proposals;
    private final CudaOptions options;
    private final AlgorithmFile file;
    private final Map<String, byte[]> kept;
    private final Map<String, CublasLtAlgorithm> chosen = new HashMap<>();

    CublasLtAlgorithms(CublasLtLibrary library, CudaOptions options) {
        this.library = library;
        this.options = options;
        proposals = new CublasLtProposals(library, options);
        file = new AlgorithmFile(options.algorithmFolder(), library.context().model(), library.versionNumber(), options.messages());
        kept = file.read();
    }

    /** The algorithm for {@code problem}, or null when cuBLASLt has none for it. */
    CublasLtAlgorithm of(CublasLtProblem problem, CublasLtDescriptors descriptors) {
        String key = problem.key() + " " + problem.epilogue() + (options.usesTf32() ? " tf32" : "") + (options.isDeterministic() ? "" : " any-order")
                + " workspace " + options.workspaceBytes();
        if (!chosen.containsKey(key)) {
            chosen.put(key, choose(key, problem, descriptors));
        }
        return chosen.get(key);
    }

    private CublasLtAlgorithm choose(String key, CublasLtProblem problem, CublasLtDescriptors descriptors) {
        if (kept.containsKey(key)) {
            CublasLtAlgorithm known = proposals.kept(kept.get(key), descriptors);
            if (known != null) {
                return known;
            }
            options.messages().accept("the algorithm that was kept for " + key + " cannot be used any more; another is chosen");
        }
        List<CublasLtAlgorithm> proposed = proposals.of(problem, descriptors);
        if (proposed.isEmpty()) {
            return null;
        }
        if (!options.searchesAlgorithms()) {
            return proposed.getFirst();
        }
        CublasLtAlgorithm fastest = new CublasLtSearch(library, options).fastest(problem, descriptors, proposed);
        file.write(Map.of(key, fastest.toBytes()));
        return fastest;
    }
}
