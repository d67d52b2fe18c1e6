package crosscut.kernels.gemm;

import crosscut.kernels.device.RowBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies a piece of an operand into panels: a panel holds {@code width} rows of the left operand (or columns of the right one), and for every term of the
 * reduction their values lie side by side. The last panel is filled up with zeros, so that the register tile needs no special case.
 */
final class PanelPacking {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** A vector that divides the width of every panel. */
    private static final VectorSpecies<Float> COPY = FloatVector.SPECIES_128;

    /** Lines that are staged together: their values lie side by side in the panel. */
    private static final int LINES = 4;

    /** Floats of the staging area. */
    static final int STAGE_LENGTH = LINES * PanelBuffers.DEPTH;

    private final int width;
    private final boolean isReductionContiguous;
    private final RowBuffer source;

    /**
     * Packing of one operand.
     *
     * @param operand (lanes, terms): the left operand, or the transpose of the right one
     * @param width lanes of a panel, a multiple of 4
     * @param workers threads of the pool
     */
    PanelPacking(MatrixView operand, int width, int workers) {
        this.width = width;
        isReductionContiguous = !operand.isTransposed();
        source = new RowBuffer(operand.tensor(), Math.max(PanelBuffers.DEPTH, BlockGrid.MAX_COLUMN_BLOCK), workers);
    }

    /** Packs lanes {@code lane} to {@code lane + lanes - 1} and terms {@code term} to {@code term + terms - 1}. */
    void pack(long lane, int lanes, long term, int terms, float[] panels, float[] stage, int worker) {
        if (isReductionContiguous) {
            packLines(lane, lanes, term, terms, panels, stage, worker);
        } else {
            packTerms(lane, lanes, term, terms, panels, worker);
        }
    }

    /** Terms of one lane lie side by side: four lanes are staged and interleaved at a time. */
    private void packLines(long lane, int lanes, long term, int terms, float[] panels, float[] stage, int worker) {
        int paddedLanes = Math.ceilDiv(lanes, width) * width;
        for (int first = 0; first < paddedLanes; first += LINES) {
            int lines = Math.clamp(lanes - first, 0, LINES);
            for (int line = 0; line < lines; line++) {
                long offset = source.load(lane + first + line, Math.toIntExact(term), terms, worker);
                MemorySegment.copy(source.segment(), FLOAT, offset, stage, line * terms, terms);
            }
            Arrays.fill(stage, lines * terms, LINES * terms, 0);
            interleave(stage, terms, panels, first / width * width * terms + first % width);
        }
    }

    private void interleave(float[] stage, int terms, float[] panels, int at) {
        int target = at;
        for (int t = 0; t < terms; t++) {
            panels[target] = stage[t];
            panels[target + 1] = stage[terms + t];
            panels[target + 2] = stage[2 * terms + t];
            panels[target + 3] = stage[3 * terms + t];
            target += width;
        }
    }

    /** Lanes of one term lie side by side, as they do in the panel: vectors are copied. */
    private void packTerms(long lane, int lanes, long term, int terms, float[] panels, int worker) {
        int wholePanels = lanes / width;
        for (int t = 0; t < terms; t++) {
            long offset = source.load(term + t, Math.toIntExact(lane), lanes, worker);
            int target = t * width;
            for (int panel = 0; panel < wholePanels; panel++) {
                for (int l = 0; l < width; l += COPY.length()) {
                    FloatVector.fromMemorySegment(COPY, source.segment(), offset + (long) l * Float.BYTES, ByteOrder.LITTLE_ENDIAN).intoArray(panels, target + l);
                }
                target += terms * width;
                offset += (long) width * Float.BYTES;
            }
            packRest(offset, lanes - wholePanels * width, panels, target);
        }
    }

    /** The last panel, where it has fewer lanes than its width. */
    private void packRest(long offset, int lanes, float[] panels, int target) {
        if (lanes > 0) {
            MemorySegment.copy(source.segment(), FLOAT, offset, panels, target, lanes);
            Arrays.fill(panels, target + lanes, target + width, 0);
        }
    }
}
