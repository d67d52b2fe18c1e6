package crosscut.engine.data;

import crosscut.kernels.batch.ColumnExtent;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

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
    public void read(SampleOrder order, RawBatch target) {
        ColumnExtent extent = target.extent(0);
        for (int row = 0; row < target.rows(extent); row++) {
            target.categorical(0).setAtIndex(ValueLayout.JAVA_INT, row, (int) order.sampleAt(target.firstSample(extent) + row));
        }
    }

    @Override
    public Fingerprint fingerprint() {
        return Fingerprint.of(Map.of(Fingerprint.SUMMARY, "counting " + samples));
    }

    @Override
    public void close() {
    }
}
