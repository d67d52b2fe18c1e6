package crosscut.kernels.batch;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;

/** What every device demands of a decoder's tensors. */
final class DecoderChecks {

    private DecoderChecks() {
    }

    static void check(RawBatchLayout layout, Tensor numerical, Tensor ids, Tensor labels) {
        if (layout.numericalFeatures() > 0) {
            checkNumerical(layout, numerical);
        }
        if (!layout.categorical().isEmpty()) {
            if (ids == null) {
                throw new IllegalArgumentException(layout.categorical().size() + " categorical features but no tensor for their ids");
            }
            TensorChecks.shape("ids", ids, 1, Math.toIntExact(layout.idsPerBatch()));
            TensorChecks.type("ids", ids, DataType.INT32);
            layout.categorical().forEach(DecoderChecks::checkColumn);
        }
        TensorChecks.shape("labels", labels, 1, layout.batchSize());
        TensorChecks.type("labels", labels, DataType.FLOAT32);
    }

    private static void checkNumerical(RawBatchLayout layout, Tensor numerical) {
        if (layout.numericalType() != DataType.FLOAT16 && layout.numericalType() != DataType.FLOAT32) {
            throw new IllegalArgumentException("numerical features are " + layout.numericalType() + " where FLOAT16 or FLOAT32 is needed");
        }
        if (numerical == null || numerical.rows() != layout.batchSize() || numerical.columns() < layout.numericalFeatures()) {
            throw new IllegalArgumentException("numerical is " + (numerical == null ? "missing" : numerical.shape()) + " where "
                    + layout.batchSize() + " x at least " + layout.numericalFeatures() + " is needed");
        }
        TensorChecks.floating("numerical", numerical);
    }

    private static void checkColumn(RawBatchLayout.CategoricalColumn column) {
        switch (column.type()) {
            case INT8, INT16, INT32 -> { }
            default -> throw new IllegalArgumentException("feature " + column.name() + ": ids of type " + column.type());
        }
    }
}
