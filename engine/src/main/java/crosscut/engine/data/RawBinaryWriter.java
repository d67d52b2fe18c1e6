package crosscut.engine.data;

import crosscut.engine.UserException;
import crosscut.engine.data.FeatureSpec.Feature;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a tf_raw folder: columns are appended split by split, {@link #finish} checks that all have the same number of rows and gives the folder its name.
 * Without a finish nothing stays. Not thread safe, but different {@link Split}s may be filled by different threads.
 *
 * <pre>{@code
 * try (RawBinaryWriter writer = RawBinaryWriter.open(folder, spec, false)) {
 *     RawBinaryWriter.Split train = writer.split("train");
 *     train.appendLabels(labels, rows);
 *     train.appendNumerical(values, rows);
 *     train.appendIds(0, ids, rows);
 *     writer.finish();
 * }
 * }</pre>
 */
public final class RawBinaryWriter implements AutoCloseable {

    private final Path target;
    private final String specName;
    private final FeatureSpec spec;
    private final StagedDirectory staged;
    private final Map<String, Split> splits = new LinkedHashMap<>();

    private RawBinaryWriter(Path target, String specName, FeatureSpec spec, StagedDirectory staged) {
        this.target = target;
        this.specName = specName;
        this.spec = spec;
        this.staged = staged;
    }

    /**
     * Starts a folder; {@link RawBinarySpecs} makes specs for new data.
     *
     * @param spec a tf_raw spec whose file paths stay inside the folder
     * @param overwrite whether a data set that is already there may be replaced
     * @throws UserException when the folder may not be replaced or cannot be created, or the spec is not one of tf_raw
     */
    public static RawBinaryWriter open(Path folder, FeatureSpec spec, boolean overwrite) {
        return open(folder, FeatureSpec.DEFAULT_FILE_NAME, spec, overwrite);
    }

    /** As {@link #open(Path, FeatureSpec, boolean)}, with another file name for the spec. */
    public static RawBinaryWriter open(Path folder, String specName, FeatureSpec spec, boolean overwrite) {
        FeatureSpecRules.requireRawBinary(folder.resolve(specName), spec);
        RawBinaryWriter writer = new RawBinaryWriter(folder, specName, spec, StagedDirectory.create(folder, specName, overwrite));
        try {
            spec.splits().keySet().forEach(writer::addSplit);
            return writer;
        } catch (RuntimeException failure) {
            writer.close();
            throw failure;
        }
    }

    public FeatureSpec spec() {
        return spec;
    }

    /** The columns of one split. */
    public Split split(String name) {
        Split split = splits.get(name);
        if (split == null) {
            throw new IllegalArgumentException("the feature spec has no split " + name);
        }
        return split;
    }

    /**
     * Checks the row counts, brings everything to the disk, writes the feature spec and gives the folder its name.
     *
     * @throws UserException when columns of a split differ in rows, a split has no row, or the disk refuses
     */
    public void finish() {
        splits.values().forEach(Split::requireComplete);
        splits.values().forEach(split -> split.columns().forEach(ColumnFile::sync));
        FeatureSpecWriter.write(spec, staged.path().resolve(specName));
        try {
            staged.commit();
        } catch (IOException failure) {
            throw new UserException("cannot give the finished data set its name " + target + ": " + FileFailure.reason(failure), failure);
        }
    }

    /** Closes the files and, unless {@link #finish} succeeded, removes them. */
    @Override
    public void close() {
        try {
            splits.values().forEach(split -> split.columns().forEach(ColumnFile::close));
        } finally {
            staged.close();
        }
    }

    private void addSplit(String name) {
        // The split is known before its files are created, so that close() finds those of a split that failed half way.
        Split split = new Split(name);
        splits.put(name, split);
        split.create();
    }

    /** The files of one split. Every append adds the next {@code rows} samples to one column. */
    public final class Split {

        private final String name;
        private final List<ColumnFile> categorical = new ArrayList<>();
        private final List<Feature> features = spec.categorical();
        private ColumnFile label;
        private ColumnFile numerical;

        private Split(String name) {
            this.name = name;
        }

        private void create() {
            label = file(spec.channels().label(), 1);
            int columns = spec.channels().numerical().size();
            if (columns > 0) {
                numerical = file(spec.channels().numerical().getFirst(), columns * ColumnType.FLOAT16.byteSize());
            }
            for (Feature feature : features) {
                categorical.add(file(feature.name(), feature.type().byteSize() * feature.idsPerSample()));
            }
        }

        private ColumnFile file(String feature, int rowBytes) {
            String path = spec.chunkOf(name, feature).files().getFirst();
            if (!staged.path().resolve(path).normalize().startsWith(staged.path())) {
                throw new UserException("the feature spec puts feature " + feature + " of " + name + " into " + path
                        + ", which is outside the folder " + target);
            }
            return new ColumnFile(staged.path(), path, rowBytes);
        }

        /** Samples whose label has been appended. */
        public long rows() {
            return label.rows();
        }

        /** Appends labels, one byte each, 0 or 1. */
        public void appendLabels(byte[] labels, int rows) {
            for (int row = 0; row < rows; row++) {
                if ((labels[row] & ~1) != 0) {
                    throw new UserException("label of " + name + ", sample " + (label.rows()) + ": " + labels[row] + " is neither 0 nor 1");
                }
                label.putByte(labels[row]);
            }
        }

        /** Appends bytes 0 or 1 as they are; the caller has checked them. */
        public void appendLabels(MemorySegment labels) {
            label.put(labels);
        }

        /**
         * Appends numerical features, rounded to float16.
         *
         * @param values (rows, features), row major
         * @throws UserException naming feature and sample for a value that is not finite in float16
         */
        public void appendNumerical(float[] values, int rows) {
            int columns = spec.channels().numerical().size();
            for (int index = 0; index < rows * columns; index++) {
                short half = Float.floatToFloat16(values[index]);
                if ((half & 0x7c00) == 0x7c00) {
                    throw new UserException("feature " + spec.channels().numerical().get(index % columns) + " of " + name + ", sample "
                            + numerical.rows() + ": " + values[index] + " is no finite float16 number (greatest 65504): scale it down or leave it out");
                }
                numerical.putShort(half);
            }
        }

        /** Appends float16 values (rows, features) as they are; the caller has checked them. */
        public void appendNumerical(MemorySegment values) {
            numerical.put(values);
        }

        /**
         * Appends the ids of one table in the type that the spec gives.
         *
         * @param table index in the categorical channel
         * @param ids (rows, hotness), row major
         * @throws UserException naming feature, sample and value for an id outside [0, cardinality)
         */
        public void appendIds(int table, int[] ids, int rows) {
            Feature feature = features.get(table);
            ColumnFile file = categorical.get(table);
            long cardinality = feature.cardinality().orElseThrow();
            for (int index = 0; index < rows * feature.idsPerSample(); index++) {
                int id = ids[index];
                if (id < 0 || id >= cardinality) {
                    throw new UserException("feature " + feature.name() + " of " + name + ", sample " + file.rows() + ": id " + id + " is outside [0, "
                            + cardinality + "), the cardinality that the feature spec gives");
                }
                switch (feature.type()) {
                    case INT8 -> file.putByte(id);
                    case INT16 -> file.putShort(id);
                    default -> file.putInt(id);
                }
            }
        }

        /** Appends ids that already have the table's type and order; the caller has checked them. */
        public void appendIds(int table, MemorySegment ids) {
            categorical.get(table).put(ids);
        }

        private List<ColumnFile> columns() {
            List<ColumnFile> columns = new ArrayList<>(categorical);
            if (numerical != null) {
                columns.addFirst(numerical);
            }
            if (label != null) {
                columns.addFirst(label);
            }
            return columns;
        }

        private void requireComplete() {
            if (label.rows() == 0) {
                throw new UserException("split " + name + " got no samples, so " + target + " is not written");
            }
            for (ColumnFile column : columns()) {
                if (column.rows() != label.rows()) {
                    throw new UserException(column.name() + " got " + column.rows() + " rows but " + label.name() + " " + label.rows() + ", so " + target
                            + " is not written");
                }
            }
        }
    }
}
