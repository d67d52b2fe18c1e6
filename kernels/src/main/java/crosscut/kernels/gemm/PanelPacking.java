package crosscut.kernels.gemm;

import crosscut.kernels.device.RowBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Copies a piece of an operand into panels: a panel holds {@code width} rows of the left operand (or columns of the right one), and for every term of the
 * reduction their values lie side by side. The last panel is filled up with zeros, so that the register tile needs no special case.
 */
final class PanelPacking {

    /** Lines that are staged together: their values go to one cache line. */
    private static final int LINES = 8;

    /** Floats of the staging area. */
    static final int STAGE_LENGTH = Math.max(LINES * PanelBuffers.DEPTH, BlockGrid.MAX_COLUMN_BLOCK);

    private final int width;
    private final boolean isReductionContiguous;
    private final RowBuffer source;

    /**
     * Packing of one operand.
     *
     * @param operand (lanes, terms): the left operand, or the transpose of the right one
     * @param width lanes of a panel, a multiple of 8
     * @param workers threads of the pool
     */
    PanelPacking(MatrixView operand, int width, int workers) {
        this.width = width;
        isReductionContiguous = !operand.isTransposed();
        source = new RowBuffer(operand.tensor(), STAGE_LENGTH, workers);
    }

    /** Packs lanes {@code lane} to {@code lane + lanes - 1} and terms {@code term} to {@code term + terms - 1}. */
    void pack(long lane, int lanes, long term, int terms, float[] panels, float[] stage, int worker) {
        int paddedLanes = Math.ceilDiv(lanes, width) * width;
        if (isReductionContiguous) {
            for (int first = 0; first < paddedLanes; first += LINES) {
                stageLines(lane + first, Math.min(LINES, lanes - first), term, terms, stage, worker);
                interleave(stage, terms, panels, first / width * width * terms + first % width);
            }
        } else {
            Arrays.fill(stage, lanes, paddedLanes, 0);
            for (int t = 0; t < terms; t++) {
                read(term + t, lane, lanes, stage, 0, worker);
                distribute(stage, paddedLanes, panels, t * width, terms * width);
            }
        }
    }

    private void stageLines(long lane, int lines, long term, int terms, float[] stage, int worker) {
        for (int line = 0; line < lines; line++) {
            read(lane + line, term, terms, stage, line * terms, worker);
        }
        if (lines < LINES) {
            Arrays.fill(stage, Math.max(lines, 0) * terms, LINES * terms, 0);
        }
    }

    private void read(long row, long column, int count, float[] stage, int at, int worker) {
        long offset = source.load(row, Math.toIntExact(column), count, worker);
        MemorySegment.copy(source.segment(), ValueLayout.JAVA_FLOAT_UNALIGNED, offset, stage, at, count);
    }

    private void interleave(float[] stage, int terms, float[] panels, int at) {
        int target = at;
        for (int t = 0; t < terms; t++) {
            panels[target] = stage[t];
            panels[target + 1] = stage[terms + t];
            panels[target + 2] = stage[2 * terms + t];
            panels[target + 3] = stage[3 * terms + t];
            panels[target + 4] = stage[4 * terms + t];
            panels[target + 5] = stage[5 * terms + t];
            panels[target + 6] = stage[6 * terms + t];
            panels[target + 7] = stage[7 * terms + t];
            target += width;
        }
    }

    private void distribute(float[] stage, int lanes, float[] panels, int at, int panelLength) {
        int target = at;
        for (int lane = 0; lane < lanes; lane += width) {
            for (int w = 0; w < width; w++) {
                panels[target + w] = stage[lane + w];
            }
            target += panelLength;
        }
    }
}
