package crosscut.kernels.gemm;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.OutOfDeviceMemoryException;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.cuda.CudaOptions;
import java.util.List;

/**
 * Times proposed algorithms on the product's own operands. Results go to memory that is given back, so that binding a product changes nothing; a vector and a
 * mask that the epilogue writes are written where they belong, as nobody reads them before the product has run.
 */
final class CublasLtSearch {

    /** Launches per measurement, and measurements per algorithm, of which the shortest counts: others can only lengthen it. */
    private static final int LAUNCHES = 4;
    private static final int MEASUREMENTS = 3;

    private final CublasLtLibrary library;
    private final CudaOptions options;

    CublasLtSearch(CublasLtLibrary library, CudaOptions options) {
        this.library = library;
        this.options = options;
    }

    /** The fastest of {@code proposed}, which has run at least once; the first, untried, when there is no memory to try them. */
    CublasLtAlgorithm fastest(CublasLtProblem problem, CublasLtDescriptors descriptors, List<CublasLtAlgorithm> proposed) {
        long resultBytes = problem.columns() * problem.result().rowStride() * problem.result().type().byteSize();
        try (Stream stream = library.context().createStream("algorithm search", options.workspaceBytes());
                DeviceMemory result = library.context().allocate("algorithm search", resultBytes)) {
            CublasLtAlgorithm best = null;
            long shortest = Long.MAX_VALUE;
            for (CublasLtAlgorithm algorithm : proposed) {
                CublasLtProduct product = new CublasLtProduct(library, problem, descriptors, algorithm, result.address());
                product.launch(stream);
                stream.synchronize();
                long time = proposed.size() == 1 ? 0 : time(product, stream);
                if (time < shortest) {
                    shortest = time;
                    best = algorithm;
                }
            }
            return best;
        } catch (OutOfDeviceMemoryException full) {
            options.messages().accept("matrix product algorithms are not tried for " + problem.key() + ": " + full.getMessage());
            return proposed.getFirst();
        }
    }

    private static long time(CublasLtProduct product, Stream stream) {
        long shortest = Long.MAX_VALUE;
        for (int measurement = 0; measurement < MEASUREMENTS; measurement++) {
            long start = System.nanoTime();
            for (int launch = 0; launch < LAUNCHES; launch++) {
                product.launch(stream);
            }
            stream.synchronize();
            shortest = Math.min(shortest, System.nanoTime() - start);
        }
        return shortest;
    }
}
