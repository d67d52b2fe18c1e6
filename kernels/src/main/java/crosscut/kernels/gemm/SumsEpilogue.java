package crosscut.kernels.gemm;

import crosscut.kernels.device.RowBuffer;
import crosscut.kernels.device.VectorLoops;
import java.lang.foreign.MemorySegment;

/** What follows the fp32 sums of a block while a cache holds them: bias, residual, ReLU, rounding to the type of the destination, and the mask of a ReLU. */
final class SumsEpilogue {

    private final ProductTerms terms;
    private final RowBuffer bias;
    private final RowBuffer residual;
    private final RowBuffer destination;
    private final BlockPass mask;

    SumsEpilogue(ProductTerms terms, int workers) {
        this.terms = terms;
        bias = terms.bias() == null ? null : new RowBuffer(terms.bias(), BlockGrid.MAX_COLUMN_BLOCK, workers);
        residual = terms.residual() == null ? null : new RowBuffer(terms.residual(), BlockGrid.MAX_COLUMN_BLOCK, workers);
        destination = new RowBuffer(terms.destination(), BlockGrid.MAX_COLUMN_BLOCK, workers);
        mask = terms.reluOutput() == null ? null : new ReluMask(terms.reluOutput(), terms.destination());
    }

    /** Finishes the sums of a row of the block, which are overwritten, {@code at} bytes from the start of {@code sums}. */
    void finishRow(MemorySegment sums, long at, long row, int column, int columns, int worker) {
        if (bias != null) {
            VectorLoops.add(bias.segment(), bias.load(0, column, columns, worker), sums, at, columns);
        }
        if (residual != null) {
            VectorLoops.add(residual.segment(), residual.load(row, column, columns, worker), sums, at, columns);
        }
        if (terms.activation() == Activation.RELU) {
            Relu.apply(sums, at, columns);
        }
        destination.fill(row, column, columns, sums, at);
    }

    /** After all rows of the block. */
    void finishBlock(long row, int rows, int column, int columns) {
        if (mask != null) {
            mask.apply(row, rows, column, columns);
        }
    }
}
