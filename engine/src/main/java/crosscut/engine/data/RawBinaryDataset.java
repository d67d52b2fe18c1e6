package crosscut.engine.data;

import crosscut.engine.UserException;
import crosscut.engine.data.FeatureSpec.Feature;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * A tf_raw folder, mapped into memory: files of any size, no copy until a batch is read. Opening checks the feature spec and that all files of a split hold
 * the same number of whole rows. Ids and numerical values are checked when they are decoded, or all at once by {@code inspect}.
 */
public final class RawBinaryDataset implements Dataset {

    private final FeatureSpec spec;
    private final Arena arena;
    private final Map<String, RawBinarySplit> splits = new LinkedHashMap<>();

    private RawBinaryDataset(FeatureSpec spec, Arena arena) {
        this.spec = spec;
        this.arena = arena;
    }

    /**
     * Opens the data set that a feature spec describes; its files lie relative to the folder of the spec.
     *
     * @throws UserException when the spec is wrong, a file is missing, or sizes do not fit; the message names the files and both numbers
     */
    public static RawBinaryDataset open(Path specFile) {
        return open(specFile, FeatureSpecReader.read(specFile), _ -> true);
    }

    /**
     * Opens the labels and numerical features, and the ids of some tables; other files are not touched.
     *
     * @param spec what {@code specFile} says
     * @param isRead whether ids of the i-th table will be read
     */
    public static RawBinaryDataset open(Path specFile, FeatureSpec spec, IntPredicate isRead) {
        FeatureSpecRules.requireRawBinary(specFile, spec);
        Path folder = specFile.toAbsolutePath().getParent();
        RawBinaryDataset dataset = new RawBinaryDataset(spec, Arena.ofShared());
        try {
            for (String split : spec.splits().keySet()) {
                dataset.splits.put(split, dataset.map(split, folder, isRead));
            }
            return dataset;
        } catch (RuntimeException failure) {
            dataset.close();
            throw failure;
        }
    }

    @Override
    public FeatureSpec spec() {
        return spec;
    }

    @Override
    public Set<String> splits() {
        return spec.splits().keySet();
    }

    @Override
    public RawBinarySplit split(String name) {
        RawBinarySplit split = splits.get(name);
        if (split == null) {
            throw new IllegalArgumentException("no split " + name + "; there are " + String.join(", ", splits.keySet()));
        }
        return split;
    }

    @Override
    public void close() {
        arena.close();
    }

    private RawBinarySplit map(String split, Path folder, IntPredicate isRead) {
        MappedColumn label = column(split, spec.channels().label(), 1, folder);
        if (label.rows() == 0) {
            throw new UserException(label.file() + " is empty: the split " + split + " has no samples");
        }
        List<String> names = spec.channels().numerical();
        MappedColumn numerical = names.isEmpty() ? null : column(split, names.getFirst(), names.size() * ColumnType.FLOAT16.byteSize(), folder);
        if (numerical != null) {
            requireSameRows(label, numerical);
        }
        List<MappedColumn> categorical = new ArrayList<>();
        for (int table = 0; table < spec.categorical().size(); table++) {
            MappedColumn column = isRead.test(table) ? idColumn(split, spec.categorical().get(table), folder) : null;
            if (column != null) {
                requireSameRows(label, column);
            }
            categorical.add(column);
        }
        return new RawBinarySplit(split, spec, label, numerical, categorical);
    }

    private MappedColumn idColumn(String split, Feature feature, Path folder) {
        return column(split, feature.name(), feature.type().byteSize() * feature.idsPerSample(), folder);
    }

    private MappedColumn column(String split, String feature, int rowBytes, Path folder) {
        Path file = folder.resolve(spec.chunkOf(split, feature).files().getFirst());
        if (Files.isDirectory(file)) {
            throw new UserException("cannot read " + file + ": it is a folder");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long bytes = channel.size();
            if (bytes % rowBytes != 0) {
                throw new UserException(file + " has " + bytes + " bytes, which is no multiple of its row of " + rowBytes + " bytes (feature " + feature
                        + "): it is truncated or has another type than the feature spec says");
            }
            MemorySegment content = channel.map(MapMode.READ_ONLY, 0, bytes, arena);
            return new MappedColumn(file, content, rowBytes);
        } catch (IOException failure) {
            throw new UserException("cannot read feature " + feature + " of " + split + ": " + FileFailure.reason(failure), failure);
        }
    }

    private static void requireSameRows(MappedColumn label, MappedColumn other) {
        if (other.rows() != label.rows()) {
            throw new UserException(other.file() + " has " + other.rows() + " rows of " + other.rowBytes() + " bytes but " + label.file() + " has "
                    + label.rows() + ": one of them is truncated or does not belong to this data set");
        }
    }
}
