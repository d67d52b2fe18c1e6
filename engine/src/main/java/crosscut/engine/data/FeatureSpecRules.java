package crosscut.engine.data;

import crosscut.engine.UserException;
import crosscut.engine.data.FeatureSpec.Chunk;
import crosscut.engine.data.FeatureSpec.Feature;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a feature spec must satisfy for a certain use, beyond what {@link FeatureSpecReader} checks for all. Every complaint names file and feature. */
public final class FeatureSpecRules {

    private final Path file;
    private final FeatureSpec spec;

    private FeatureSpecRules(Path file, FeatureSpec spec) {
        this.file = file;
        this.spec = spec;
    }

    /** That the spec describes a tf_raw folder: binary files with one column each, but all numerical features together. */
    public static void requireRawBinary(Path file, FeatureSpec spec) {
        FeatureSpecRules rules = new FeatureSpecRules(file, spec);
        if (spec.isSynthetic()) {
            throw rules.wrong("source_spec is null, so it names no files and only describes synthetic data: use --dataset_type synthetic, or transcribe it");
        }
        rules.requireIdTypes();
        for (Feature feature : spec.categorical()) {
            if (!feature.type().isRawId()) {
                throw rules.wrong("feature " + feature.name() + " has dtype " + feature.type().numpyName() + "; tf_raw stores ids as int8, int16 or int32");
            }
        }
        rules.requireType(spec.channels().numerical(), ColumnType.FLOAT16, "numerical features");
        rules.requireType(List.of(spec.channels().label()), ColumnType.BOOL, "the label");
        spec.splits().forEach(rules::requireRawBinaryChunks);
    }

    /** That data can be drawn after the spec: cardinalities are numbers, and ids fit 32 bits. Files it may name do not matter. */
    public static void requireSynthetic(Path file, FeatureSpec spec) {
        FeatureSpecRules rules = new FeatureSpecRules(file, spec);
        rules.requireIdTypes();
        for (String name : spec.channels().numerical()) {
            ColumnType type = rules.requiredType(spec.feature(name));
            if (!type.isFloatingPoint()) {
                throw rules.wrong("feature " + name + " has dtype " + type.numpyName() + "; numerical features are float16");
            }
        }
        rules.requiredType(spec.feature(spec.channels().label()));
    }

    /** That the spec describes input of the transcriber in chunks of this type, {@code csv} or {@code parquet}. Types may be missing. */
    public static void requireTables(Path file, FeatureSpec spec, String chunkType) {
        FeatureSpecRules rules = new FeatureSpecRules(file, spec);
        if (spec.isSynthetic()) {
            throw rules.wrong("source_spec is null, so it names no " + chunkType + " files to read");
        }
        spec.splits().forEach((split, chunks) -> chunks.forEach(chunk -> rules.requireChunkType(split, chunk, chunkType)));
        for (Feature feature : spec.categorical()) {
            if (feature.cardinality().isPresent() && !ColumnType.INT32.fits(feature.cardinality().getAsLong())) {
                throw rules.tooManyIds(feature);
            }
            if (feature.idsPerSample() != 1) {
                throw rules.wrong("feature " + feature.name() + " has hotness " + feature.idsPerSample() + "; " + chunkType + " input holds one id per sample");
            }
        }
    }

    private UserException wrong(String what) {
        return new UserException(file + ": " + what);
    }

    private UserException tooManyIds(Feature feature) {
        return wrong("feature " + feature.name() + " has cardinality " + feature.cardinality().getAsLong() + "; tf_raw stores ids in at most 32 bits, below "
                + ColumnType.INT32.cardinalityLimit());
    }

    private ColumnType requiredType(Feature feature) {
        if (feature.type() == null) {
            throw wrong("feature " + feature.name() + " has no dtype: add one, such as int32 for ids, float16 for numbers, bool for the label");
        }
        return feature.type();
    }

    private void requireIdTypes() {
        for (Feature feature : spec.categorical()) {
            ColumnType type = requiredType(feature);
            if (feature.cardinality().isEmpty()) {
                throw wrong("feature " + feature.name() + " has cardinality auto, which only CSV and Parquet input of transcribe can have: give a number");
            }
            long cardinality = feature.cardinality().getAsLong();
            if (!ColumnType.INT32.fits(cardinality)) {
                throw tooManyIds(feature);
            }
            if (type.cardinalityLimit() == 0) {
                throw wrong("feature " + feature.name() + " has dtype " + type.numpyName() + "; ids are int8, int16 or int32");
            }
            if (!type.fits(cardinality)) {
                throw wrong("feature " + feature.name() + " has cardinality " + cardinality + " but dtype " + type.numpyName()
                        + ", which holds cardinalities below " + type.cardinalityLimit() + ": "
                        + ColumnType.narrowestFor(cardinality).numpyName() + " would do");
            }
        }
    }

    private void requireType(List<String> names, ColumnType wanted, String what) {
        for (String name : names) {
            ColumnType type = requiredType(spec.feature(name));
            if (type != wanted) {
                throw wrong("feature " + name + " has dtype " + type.numpyName() + "; tf_raw stores " + what + " as " + wanted.numpyName());
            }
        }
    }

    private void requireChunkType(String split, Chunk chunk, String wanted) {
        if (!chunk.type().equals(wanted)) {
            throw wrong("the chunk of " + split + " with feature " + chunk.features().getFirst() + " has type " + chunk.type()
                    + " where " + wanted + " is needed");
        }
    }

    private void requireRawBinaryChunks(String split, List<Chunk> chunks) {
        Set<String> files = new HashSet<>();
        for (Chunk chunk : chunks) {
            requireChunkType(split, chunk, FeatureSpec.SPLIT_BINARY);
            String place = "the chunk of " + split + " with feature " + chunk.features().getFirst();
            if (chunk.files().size() != 1) {
                throw wrong(place + " has " + chunk.files().size() + " files; a split_binary chunk has exactly one");
            }
            if (!files.add(chunk.files().getFirst())) {
                throw wrong(place + " lies in " + chunk.files().getFirst() + ", which already holds another chunk of " + split);
            }
            requireSeparateColumns(place, chunk);
        }
    }

    private void requireSeparateColumns(String place, Chunk chunk) {
        List<String> numerical = spec.channels().numerical();
        if (numerical.contains(chunk.features().getFirst())) {
            if (!chunk.features().equals(numerical)) {
                throw wrong(place + " must hold all numerical features in the order of channel_spec (" + String.join(", ", numerical) + "), but holds "
                        + String.join(", ", chunk.features()));
            }
        } else if (chunk.features().size() != 1) {
            throw wrong(place + " also holds " + String.join(", ", chunk.features().subList(1, chunk.features().size()))
                    + "; a categorical feature and the label lie alone in their chunks");
        }
    }
}
