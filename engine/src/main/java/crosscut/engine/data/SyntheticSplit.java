package crosscut.engine.data;

import crosscut.engine.data.FeatureSpec.Feature;
import crosscut.kernels.batch.ColumnExtent;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One split of synthetic samples. Ids come in the narrowest type that holds them, whatever the spec says. Reading allocates nothing. */
final class SyntheticSplit implements SampleSource {

    private final String name;
    private final FeatureSpec spec;
    private final long seed;
    private final PlantedTeacher teacher;
    private final long samples;
    private final SyntheticSamples values;

    SyntheticSplit(String name, FeatureSpec spec, long seed, PlantedTeacher teacher, long samples) {
        this.name = name;
        this.spec = spec;
        this.seed = seed;
        this.teacher = teacher;
        this.samples = samples;
        values = new SyntheticSamples(spec, seed, name);
    }

    @Override
    public String split() {
        return name;
    }

    @Override
    public long samples() {
        return samples;
    }

    @Override
    public RawBatchLayout layout(int batchSize) {
        List<CategoricalColumn> columns = spec.categorical().stream().map(SyntheticSplit::column).toList();
        return new RawBatchLayout(batchSize, values.numericalFeatures(), DataType.FLOAT16, columns);
    }

    private static CategoricalColumn column(Feature feature) {
        long cardinality = feature.cardinality().orElseThrow();
        return new CategoricalColumn(feature.name(), cardinality, ColumnType.narrowestFor(cardinality).dataType(), feature.idsPerSample());
    }

    /** Probability that a sample is positive. */
    double probability(long sample) {
        return probabilityOf(values.sampleKey(sample));
    }

    private double probabilityOf(long sampleKey) {
        return teacher == null ? .5 : teacher.probability(values, sampleKey);
    }

    @Override
    public void read(SampleOrder order, RawBatch target) {
        for (int row = 0; row < target.rows(); row++) {
            long key = sampleKey(order, ColumnExtent.SHARE, target, row);
            target.labels().set(ValueLayout.JAVA_BYTE, row, (byte) (values.labelDraw(key) < probabilityOf(key) ? 1 : 0));
            for (int column = 0; column < values.numericalFeatures(); column++) {
                target.numerical().setAtIndex(ValueLayout.JAVA_SHORT, (long) row * values.numericalFeatures() + column, values.numerical(key, column));
            }
            writeIds(key, ColumnExtent.SHARE, target, row);
        }
        int globalRows = target.layout().has(ColumnExtent.GLOBAL) ? target.rows(ColumnExtent.GLOBAL) : 0;
        for (int row = 0; row < globalRows; row++) {
            writeIds(sampleKey(order, ColumnExtent.GLOBAL, target, row), ColumnExtent.GLOBAL, target, row);
        }
    }

    private long sampleKey(SampleOrder order, ColumnExtent extent, RawBatch target, int row) {
        long position = target.firstSample(extent) + row;
        return values.sampleKey(order.sampleAt(Objects.checkIndex(position, samples)));
    }

    private void writeIds(long key, ColumnExtent extent, RawBatch target, int row) {
        for (int table = 0; table < values.tables(); table++) {
            if (target.extent(table) == extent) {
                writeIds(key, table, row, target);
            }
        }
    }

    private void writeIds(long key, int table, int row, RawBatch target) {
        MemorySegment column = target.categorical(table);
        DataType type = target.layout().categorical().get(table).type();
        long index = (long) row * values.hotness(table);
        for (int position = 0; position < values.hotness(table); position++, index++) {
            int id = values.id(key, table, position);
            switch (type) {
                case INT8 -> column.set(ValueLayout.JAVA_BYTE, index, (byte) id);
                case INT16 -> column.setAtIndex(ValueLayout.JAVA_SHORT, index, (short) id);
                default -> column.setAtIndex(ValueLayout.JAVA_INT, index, id);
            }
        }
    }

    /** Everything that the samples are a function of. */
    @Override
    public Fingerprint fingerprint() {
        FeatureSpec shape = new FeatureSpec(spec.features(), spec.channels(), Map.of(), Map.of());
        String summary = "synthetic " + name + ", " + samples + " samples, seed " + seed + ", labels " + (teacher == null ? "coin" : "planted") + ", spec "
                + FileSample.checksum(FeatureSpecWriter.toYaml(shape));
        return Fingerprint.of(Map.of(Fingerprint.SUMMARY, summary));
    }

    @Override
    public void close() {
    }
}
