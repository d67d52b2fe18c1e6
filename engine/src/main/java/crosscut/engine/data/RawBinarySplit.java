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

/** One split of a tf_raw folder. Reading allocates nothing and may happen in several threads, each with a batch of its own. */
public final class RawBinarySplit implements SampleSource {

    private final String name;
    private final FeatureSpec spec;
    private final MappedColumn label;
    private final MappedColumn numerical;
    private final MappedColumn[] categorical;

    /** @param categorical by table, null where the file is not open */
    RawBinarySplit(String name, FeatureSpec spec, MappedColumn label, MappedColumn numerical, List<MappedColumn> categorical) {
        this.name = name;
        this.spec = spec;
        this.label = label;
        this.numerical = numerical;
        this.categorical = categorical.toArray(MappedColumn[]::new);
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
            if (order == SampleOrder.STORED) {
                copy(target);
            } else {
                copyShare(order, target);
                copyGlobal(order, target);
            }
        } catch (InternalError fault) {
            // What the JVM makes of a mapped page that the system cannot deliver.
            throw new UserException("the files of " + name + " beside " + label.file() + " became unreadable while they were read: truncated, or a disk fault",
                    fault);
        }
    }

    private void requireSamples(ColumnExtent extent, RawBatch target) {
        Objects.checkFromIndexSize(target.firstSample(extent), target.rows(extent), samples());
    }

    private void copy(RawBatch target) {
        long first = target.firstSample(ColumnExtent.SHARE);
        label.copy(first, target.rows(), target.labels(), 0);
        if (numerical != null) {
            numerical.copy(first, target.rows(), target.numerical(), 0);
        }
        for (int table = 0; table < categorical.length; table++) {
            ColumnExtent extent = target.extent(table);
            if (extent != ColumnExtent.NONE) {
                categorical[table].copy(target.firstSample(extent), target.rows(extent), target.categorical(table), 0);
            }
        }
    }

    private void copyShare(SampleOrder order, RawBatch target) {
        for (int row = 0; row < target.rows(); row++) {
            long sample = order.sampleAt(target.firstSample(ColumnExtent.SHARE) + row);
            label.copyRow(sample, target.labels(), row);
            if (numerical != null) {
                numerical.copyRow(sample, target.numerical(), row);
            }
            copyIds(sample, ColumnExtent.SHARE, target, row);
        }
    }

    private void copyGlobal(SampleOrder order, RawBatch target) {
        int rows = target.layout().has(ColumnExtent.GLOBAL) ? target.rows(ColumnExtent.GLOBAL) : 0;
        for (int row = 0; row < rows; row++) {
            copyIds(order.sampleAt(target.firstSample(ColumnExtent.GLOBAL) + row), ColumnExtent.GLOBAL, target, row);
        }
    }

    private void copyIds(long sample, ColumnExtent extent, RawBatch target, int row) {
        for (int table = 0; table < categorical.length; table++) {
            if (target.extent(table) == extent) {
                categorical[table].copyRow(sample, target.categorical(table), row);
            }
        }
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
