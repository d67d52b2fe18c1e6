package crosscut.engine.data;

import crosscut.engine.UserException;
import crosscut.kernels.batch.ColumnExtent;
import crosscut.kernels.batch.InvalidIdException;
import crosscut.kernels.batch.InvalidLabelException;
import crosscut.kernels.batch.InvalidSampleException;
import crosscut.kernels.batch.InvalidValueException;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** One split of a tf_raw folder. Reading allocates nothing and may happen in several threads, each with a batch of its own. */
public final class RawBinarySplit implements SampleSource {

    private final String name;
    private final FeatureSpec spec;
    private final MappedColumn label;
    private final MappedColumn numerical;
    private final MappedColumn[] categorical;
    private final StoredColumns columns;

    /** @param categorical by table, null where the file is not open */
    RawBinarySplit(String name, FeatureSpec spec, MappedColumn label, MappedColumn numerical, List<MappedColumn> categorical) {
        this.name = name;
        this.spec = spec;
        this.label = label;
        this.numerical = numerical;
        this.categorical = categorical.toArray(MappedColumn[]::new);
        columns = new StoredColumns(stored(label), stored(numerical), Stream.of(this.categorical).map(RawBinarySplit::stored).toList());
    }

    private static StoredColumn stored(MappedColumn column) {
        return column == null ? null : new StoredColumn(column.content(), column.rowBytes());
    }

    @Override
    public String split() {
        return name;
    }

    @Override
    public long samples() {
        return label.rows();
    }

    /** The file of the label. */
    public MappedColumn label() {
        return label;
    }

    /** The file of all numerical features, or null without any. */
    public MappedColumn numerical() {
        return numerical;
    }

    /** The file of one table's ids, null where it was not opened. */
    public MappedColumn categorical(int table) {
        return categorical[table];
    }

    @Override
    public RawBatchLayout layout(int batchSize) {
        return spec.layout(batchSize);
    }

    @Override
    public void read(SampleOrder order, RawBatch target) {
        requireSamples(ColumnExtent.SHARE, target);
        requireSamples(ColumnExtent.GLOBAL, target);
        try {
            columns.read(order, target);
        } catch (InternalError fault) {
            // What the JVM makes of a mapped page that the system cannot deliver.
            throw new UserException("the files of " + name + " beside " + label.file() + " became unreadable while they were read: truncated, or a disk fault",
                    fault);
        }
    }

    private void requireSamples(ColumnExtent extent, RawBatch target) {
        Objects.checkFromIndexSize(target.firstSample(extent), target.rows(extent), samples());
    }

    /** Names the file too. */
    @Override
    public String locate(InvalidSampleException failure, SampleOrder order) {
        String feature = switch (failure) {
            case InvalidIdException id -> id.feature();
            case InvalidLabelException _ -> spec.channels().label();
            case InvalidValueException value -> spec.channels().numerical().get(value.column());
        };
        return columnOf(feature).file() + ": feature " + feature + ", sample " + order.sampleAt(failure.sample()) + ": " + failure.problem();
    }

    private MappedColumn columnOf(String feature) {
        int table = spec.channels().categorical().indexOf(feature);
        return table >= 0 ? categorical[table] : feature.equals(spec.channels().label()) ? label : numerical;
    }

    /** Number of samples, checksum of the spec without its metadata, and {@link FileSample} checksums of the files that are open, by feature. */
    @Override
    public Fingerprint fingerprint() {
        FeatureSpec withoutMetadata = new FeatureSpec(spec.features(), spec.channels(), spec.splits(), Map.of());
        Map<String, String> facts = new HashMap<>();
        facts.put(Fingerprint.SUMMARY, "tf_raw " + name + ", " + samples() + " samples, spec "
                + FileSample.checksum(FeatureSpecWriter.toYaml(withoutMetadata)));
        addChecksum(facts, spec.channels().label(), label);
        if (numerical != null) {
            addChecksum(facts, spec.channels().numerical().getFirst(), numerical);
        }
        for (int table = 0; table < categorical.length; table++) {
            if (categorical[table] != null) {
                addChecksum(facts, spec.channels().categorical().get(table), categorical[table]);
            }
        }
        return Fingerprint.of(facts);
    }

    private static void addChecksum(Map<String, String> facts, String feature, MappedColumn column) {
        facts.put("column " + feature, FileSample.checksum(column));
    }

    /** Does nothing: the mapping belongs to the data set. */
    @Override
    public void close() {
    }
}
