package crosscut.engine.data;

import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Samples whose single id is their own index. */
class CountingSource implements SampleSource {

    private final long samples;

    CountingSource(long samples) {
        this.samples = samples;
    }

    @Override
    public String split() {
        return "train";
    }

    @Override
    public long samples() {
        return samples;
    }

    @Override
    public RawBatchLayout layout(int batchSize) {
        CategoricalColumn index = new CategoricalColumn("index", Integer.MAX_VALUE - 1, DataType.INT32, 1);
        return new RawBatchLayout(batchSize, 0, DataType.FLOAT16, List.of(index));
    }

    @Override
    public void read(SampleOrder order, long first, int rows, RawBatch target) {
        for (int row = 0; row < rows; row++) {
            target.categorical(0).setAtIndex(ValueLayout.JAVA_INT, row, (int) order.sampleAt(first + row));
        }
        target.describe(rows, first);
    }

    @Override
    public String fingerprint() {
        return "counting " + samples;
    }

    @Override
    public void close() {
    }
}
