package crosscut.kernels.gemm;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.util.function.Function;

/** The gradient of weights and of biases, as two ops launched one after the other. */
final class WeightGradient {

    private WeightGradient() {
    }

    /**
     * Binds both.
     *
     * @param weights the product that makes dw
     * @param db the bias gradient, or null for none
     * @param bind binds a product of at least one row
     */
    static Operation of(WorkerPool pool, ProductTerms weights, Tensor dy, Tensor db, Function<ProductTerms, Operation> bind) {
        Operation product = dy.rows() == 0 ? zero(weights.destination()) : bind.apply(weights);
        if (db == null) {
            return product;
        }
        Operation sums = dy.rows() == 0 ? zero(db) : new ColumnSums(pool, dy, db);
        return stream -> {
            product.launch(stream);
            sums.launch(stream);
        };
    }

    /** The sum over an empty batch. */
    private static Operation zero(Tensor tensor) {
        return stream -> {
            for (long row = 0; row < tensor.rows(); row++) {
                tensor.hostSegment().asSlice(tensor.byteOffset(row, 0), (long) tensor.columns() * tensor.type().byteSize()).fill((byte) 0);
            }
        };
    }
}
