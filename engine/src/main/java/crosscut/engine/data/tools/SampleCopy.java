package crosscut.engine.data.tools;

import crosscut.engine.data.RawBinaryWriter;
import crosscut.engine.data.SampleOrder;
import crosscut.engine.data.SampleSource;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies samples of one split in their stored order; ids, labels and numerical values are checked on the way and narrowed to the target's types. */
final class SampleCopy implements AutoCloseable {

    private final SampleSource source;
    private final RawBinaryWriter.Split target;
    private final RawBatch batch;
    private final byte[] labels;
    private final float[] numerical;
    private final int[] ids;

    SampleCopy(SampleSource source, RawBinaryWriter.Split target, int batchSize) {
        this.source = source;
        this.target = target;
        int rows = (int) Math.min(batchSize, source.samples());
        batch = RawBatch.withoutDevice(source.layout(rows));
        labels = new byte[rows];
        numerical = new float[rows * batch.layout().numericalFeatures()];
        ids = new int[rows * batch.layout().categorical().stream().mapToInt(CategoricalColumn::hotness).max().orElse(0)];
    }

    /** Copies the first {@code limit} samples, or all if there are fewer; returns how many. */
    long run(long limit) {
        long samples = Math.min(limit, source.samples());
        long first = 0;
        while (first < samples) {
            int rows = (int) Math.min(labels.length, samples - first);
            source.read(SampleOrder.STORED, first, rows, batch);
            append(rows);
            first += rows;
        }
        return samples;
    }

    private void append(int rows) {
        MemorySegment.copy(batch.labels(), ValueLayout.JAVA_BYTE, 0, labels, 0, rows);
        target.appendLabels(labels, rows);
        int values = rows * batch.layout().numericalFeatures();
        for (int index = 0; index < values; index++) {
            numerical[index] = Float.float16ToFloat(batch.numerical().getAtIndex(ValueLayout.JAVA_SHORT, index));
        }
        if (values > 0) {
            target.appendNumerical(numerical, rows);
        }
        for (int table = 0; table < batch.layout().categorical().size(); table++) {
            CategoricalColumn column = batch.layout().categorical().get(table);
            widen(batch.categorical(table), column.type(), rows * column.hotness());
            target.appendIds(table, ids, rows);
        }
    }

    private void widen(MemorySegment column, DataType type, int count) {
        for (int index = 0; index < count; index++) {
            ids[index] = switch (type) {
                case INT8 -> column.get(ValueLayout.JAVA_BYTE, index);
                case INT16 -> column.getAtIndex(ValueLayout.JAVA_SHORT, index);
                default -> column.getAtIndex(ValueLayout.JAVA_INT, index);
            };
        }
    }

    @Override
    public void close() {
        batch.close();
    }
}
