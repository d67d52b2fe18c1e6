package crosscut.engine.data;

import crosscut.engine.UserException;
import crosscut.kernels.batch.InvalidIdException;
import crosscut.kernels.batch.InvalidLabelException;
import crosscut.kernels.batch.InvalidSampleException;
import crosscut.kernels.batch.InvalidValueException;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import java.util.ArrayList;
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

    /** The file of one table's ids. */
    public MappedColumn categorical(int table) {
        return categorical[table];
    }

    @Override
    public RawBatchLayout layout(int batchSize) {
        return spec.layout(batchSize);
    }

    @Override
    public void read(SampleOrder order, long first, int rows, RawBatch target) {
        Objects.checkFromIndexSize(first, rows, samples());
        target.describe(rows, first);
        try {
            if (order == SampleOrder.STORED) {
                copy(first, rows, target);
            } else {
                for (int row = 0; row < rows; row++) {
                    copyRow(order.sampleAt(first + row), target, row);
                }
            }
        } catch (InternalError fault) {
            // What the JVM makes of a mapped page that the system cannot deliver.
            throw new UserException("the files of " + name + " beside " + label.file() + " became unreadable while they were read: truncated, or a disk fault",
                    fault);
        }
    }

    private void copy(long first, int rows, RawBatch target) {
        label.copy(first, rows, target.labels(), 0);
        if (numerical != null) {
            numerical.copy(first, rows, target.numerical(), 0);
        }
        for (int table = 0; table < categorical.length; table++) {
            categorical[table].copy(first, rows, target.categorical(table), 0);
        }
    }

    private void copyRow(long sample, RawBatch target, int targetRow) {
        label.copyRow(sample, target.labels(), targetRow);
        if (numerical != null) {
            numerical.copyRow(sample, target.numerical(), targetRow);
        }
        for (int table = 0; table < categorical.length; table++) {
            categorical[table].copyRow(sample, target.categorical(table), targetRow);
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

    /** Number of samples, checksum of the spec without its metadata, and {@link FileSample} checksums of all files. */
    @Override
    public String fingerprint() {
        List<MappedColumn> columns = new ArrayList<>(List.of(categorical));
        columns.addFirst(label);
        if (numerical != null) {
            columns.addFirst(numerical);
        }
        FeatureSpec withoutMetadata = new FeatureSpec(spec.features(), spec.channels(), spec.splits(), Map.of());
        return "tf_raw " + name + ", " + samples() + " samples, spec " + FileSample.checksum(FeatureSpecWriter.toYaml(withoutMetadata)) + ", data "
                + FileSample.checksum(columns);
    }

    /** Does nothing: the mapping belongs to the data set. */
    @Override
    public void close() {
    }
}
