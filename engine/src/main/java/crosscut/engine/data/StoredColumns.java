package crosscut.engine.data;

import crosscut.kernels.batch.ColumnExtent;
import crosscut.kernels.batch.RawBatch;
import java.util.List;

/** All columns of samples that lie in memory, and how batches are copied out of them. Copying may happen in several threads and allocates nothing per batch. */
final class StoredColumns {

    private static final ThreadLocal<SampleBlock> BLOCK = ThreadLocal.withInitial(SampleBlock::new);

    private final StoredColumn label;
    private final StoredColumn numerical;
    private final StoredColumn[] categorical;
    private final long samples;

    /**
     * Columns of equally many rows.
     *
     * @param numerical null without any
     * @param categorical by table, null where the ids are not at hand
     */
    StoredColumns(StoredColumn label, StoredColumn numerical, List<StoredColumn> categorical) {
        this.label = label;
        this.numerical = numerical;
        this.categorical = categorical.toArray(StoredColumn[]::new);
        samples = label.rows();
    }

    /** As {@link SampleSource#read(SampleOrder, RawBatch)}. */
    void read(SampleOrder order, RawBatch target) {
        if (order == SampleOrder.STORED) {
            copy(target);
        } else {
            gather(ColumnExtent.SHARE, order, target);
            if (target.layout().has(ColumnExtent.GLOBAL)) {
                gather(ColumnExtent.GLOBAL, order, target);
            }
        }
    }

    private void copy(RawBatch target) {
        long first = target.firstSample(ColumnExtent.SHARE);
        label.copy(first, target.rows(), target.labels());
        if (numerical != null) {
            numerical.copy(first, target.rows(), target.numerical());
        }
        for (int table = 0; table < categorical.length; table++) {
            ColumnExtent extent = target.extent(table);
            if (extent != ColumnExtent.NONE) {
                categorical[table].copy(target.firstSample(extent), target.rows(extent), target.categorical(table));
            }
        }
    }

    private void gather(ColumnExtent extent, SampleOrder order, RawBatch target) {
        SampleBlock block = BLOCK.get();
        int rows = target.rows(extent);
        for (int firstRow = 0; firstRow < rows; firstRow += SampleBlock.MOST_SAMPLES) {
            int count = Math.min(SampleBlock.MOST_SAMPLES, rows - firstRow);
            block.locate(order, target.firstSample(extent) + firstRow, count, samples);
            gather(block, extent, target, firstRow);
        }
    }

    private void gather(SampleBlock block, ColumnExtent extent, RawBatch target, int firstRow) {
        if (extent == ColumnExtent.SHARE) {
            label.gather(block, target.labels(), firstRow);
            if (numerical != null) {
                numerical.gather(block, target.numerical(), firstRow);
            }
        }
        for (int table = 0; table < categorical.length; table++) {
            if (target.extent(table) == extent) {
                categorical[table].gather(block, target.categorical(table), firstRow);
            }
        }
    }
}
