package crosscut.kernels.gemm;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.UnavailableLibraryException;
import crosscut.bindings.onednn.OneDnn;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;

/** Matrix products on the threads of a {@link WorkerPool}. Binding and launching happen on one thread at a time. */
public interface CpuMatrixProducts extends MatrixProducts {

    @Override
    default DataType biasType(Tensor w) {
        return DataType.FLOAT32;
    }

    /** What a copy of fixed weights takes at most: oneDNN fills up blocks of 32 rows and 64 columns. */
    static PlannedMemory plannedCopy(Tensor weights) {
        long rows = Math.ceilDiv(weights.rows(), 32L) * 32;
        long columns = Math.ceilDiv(weights.columns(), 64) * 64L;
        return new PlannedMemory(FixedWeights.OWNER, rows * columns * weights.type().byteSize());
    }

    /** Makes the chosen implementation, with the libraries of this process. */
    static CpuMatrixProducts open(WorkerPool pool, MatrixLibrary choice) {
        return open(pool, choice, new LibraryLoader());
    }

    /**
     * Makes the chosen implementation.
     *
     * @param loader finds oneDNN
     * @throws UnavailableLibraryException with the reason when {@code choice} is ONEDNN and oneDNN cannot be used
     */
    static CpuMatrixProducts open(WorkerPool pool, MatrixLibrary choice, LibraryLoader loader) {
        if (choice == MatrixLibrary.JAVA) {
            return new JavaMatrixProducts(pool);
        }
        OneDnn library;
        try {
            library = new OneDnn(OneDnn.find(loader).require());
        } catch (UnavailableLibraryException unavailable) {
            if (choice == MatrixLibrary.ONEDNN) {
                throw unavailable;
            }
            return new JavaMatrixProducts(pool, unavailable.getMessage());
        }
        if (choice == MatrixLibrary.AUTO && !library.instructionSet().hasAvx2()) {
            String reason = "oneDNN " + library.version() + " is slow without AVX2 and uses " + library.instructionSet() + " here";
            library.close();
            return new JavaMatrixProducts(pool, reason);
        }
        return new OneDnnMatrixProducts(pool, library);
    }
}
