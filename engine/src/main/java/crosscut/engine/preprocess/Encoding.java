package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.data.ColumnType;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.preprocess.PreprocessOptions.RowOrder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBReadableVector;

/** Streams the final columns out of the database into the files of the tf_raw folder. */
final class Encoding {

    static final String POSITIVES = "positives";

    private static final short INFINITY_BITS = 0x7c00;
    private static final int LARGEST_ELEMENT_BYTES = 4;

    private final PreprocessOptions options;
    private final Database database;
    private final Samples samples;
    private final Ingestion ingestion;

    Encoding(PreprocessOptions options, Database database, Samples samples, Ingestion ingestion) {
        this.options = options;
        this.database = database;
        this.samples = samples;
        this.ingestion = ingestion;
    }

    /** One byte 0 or 1 per sample. */
    StageJournal.Entry label(String split, long rows, Path file, StageRunner.Progress progress) {
        String sql = SqlTemplate.named("encode_label").fill(Map.of("order_key", orderKey(split), "samples", Samples.table(split)));
        long[] positives = {0};
        long written = write(sql, "label of " + split, rows, file, progress, (chunk, count, output) -> {
            DuckDBReadableVector labels = chunk.vector(0);
            ByteBuffer buffer = output.room(count);
            for (int row = 0; row < count; row++) {
                int label = labels.getInt(row);
                positives[0] += label;
                buffer.put((byte) label);
            }
        });
        return new StageJournal.Entry(written, Map.of(POSITIVES, positives[0]));
    }

    /** Ids in the narrowest type for the cardinality. */
    StageJournal.Entry categorical(String split, int column, ColumnType type, Path dictionary, long rows, Path file, StageRunner.Progress progress) {
        String sql = SqlTemplate.named("encode_categorical").fill(Map.of("column", "c" + column, "order_key", orderKey(split), "samples", Samples.table(split),
                "dictionary", "read_parquet(" + SqlTemplate.literal(dictionary.toString()) + ")"));
        String what = options.layout().categorical().get(column).name() + " of " + split;
        long written = write(sql, what, rows, file, progress, (chunk, count, output) -> {
            DuckDBReadableVector ids = chunk.vector(0);
            ByteBuffer buffer = output.room(count * LARGEST_ELEMENT_BYTES);
            for (int row = 0; row < count; row++) {
                switch (type) {
                    case INT8 -> buffer.put((byte) ids.getInt(row));
                    case INT16 -> buffer.putShort((short) ids.getInt(row));
                    default -> buffer.putInt(ids.getInt(row));
                }
            }
        });
        return StageJournal.Entry.of(written);
    }

    /** float16 (samples, features), row major. Throws {@link UserException} naming column, place and value for one that is not finite in float16. */
    StageJournal.Entry numerical(String split, StageJournal.Entry statistics, long rows, Path file, StageRunner.Progress progress) {
        List<String> expressions = NumericalExpressions.features(options.layout().numerical(), statistics);
        List<String> values = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int feature = 0; feature < expressions.size(); feature++) {
            names.add("value" + feature);
            values.add("CAST(" + expressions.get(feature) + " AS DOUBLE) AS value" + feature);
        }
        String sql = SqlTemplate.named("encode_numerical").fill(Map.of("columns", String.join(", ", names), "values", String.join(", ", values), "order_key",
                orderKey(split), "samples", Samples.table(split)));
        try {
            return StageJournal.Entry.of(writeHalves(sql, split, expressions.size(), rows, file, progress));
        } catch (OverflowException overflow) {
            throw overflow(split, overflow.feature, expressions.get(overflow.feature));
        }
    }

    private long writeHalves(String sql, String split, int features, long rows, Path file, StageRunner.Progress progress) {
        return write(sql, "numerical features of " + split, rows, file, progress, (chunk, count, output) -> {
            ByteBuffer buffer = output.room(count * features * Short.BYTES);
            int start = buffer.position();
            for (int feature = 0; feature < features; feature++) {
                DuckDBReadableVector vector = chunk.vector(feature);
                for (int row = 0; row < count; row++) {
                    short half = Float.floatToFloat16((float) vector.getDouble(row));
                    if ((half & INFINITY_BITS) == INFINITY_BITS) {
                        throw new OverflowException(feature);
                    }
                    buffer.putShort(start + (row * features + feature) * Short.BYTES, half);
                }
            }
            buffer.position(start + count * features * Short.BYTES);
        });
    }

    /** Ends a stream of numerical values, because where the value comes from can only be asked when the stream is closed. */
    private static final class OverflowException extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final int feature;

        private OverflowException(int feature) {
            super("not finite in float16");
            this.feature = feature;
        }
    }

    /** Puts the rows of a chunk into the file. */
    private interface ChunkEncoder {
        void encode(DuckDBDataChunkReader chunk, int rows, ColumnOutput output);
    }

    private long write(String sql, String what, long rows, Path file, StageRunner.Progress progress, ChunkEncoder encoder) {
        long[] written = {0};
        try (ColumnOutput output = ColumnOutput.create(file)) {
            database.stream(sql, "write " + what, chunk -> {
                int count = (int) chunk.rowCount();
                encoder.encode(chunk, count, output);
                written[0] += count;
                progress.at((double) written[0] / rows, written[0]);
            });
            if (written[0] != rows) {
                throw new UserException("DuckDB gave " + written[0] + " rows for " + what + ", but the split has " + rows + "; please report this");
            }
            output.finish();
        }
        return written[0];
    }

    private String orderKey(String split) {
        return split.equals(FeatureSpec.TRAIN) && options.order() == RowOrder.RANDOM ? ShuffleOrder.key(options.seed()) : "0";
    }

    private UserException overflow(String split, int feature, String expression) {
        List<Object> first = database.rows(SqlTemplate.named("find_overflow").fill(Map.of("column", "n" + feature, "value", "(" + expression + ")", "samples",
                Samples.table(split))), "find the value that is too large").getFirst();
        long row = (Long) first.getFirst();
        Samples.IngestedFile file = samples.fileOf(row);
        String name = options.layout().numericalFeatures().get(feature);
        String transform = options.layout().numerical().get(feature).transform().label();
        return new UserException(ingestion.place(file.source(), row - file.firstRow()) + ": column " + name + " is " + first.get(1) + ", which after transform "
                + transform + " is " + first.get(2) + " and does not fit 16-bit floating point (greatest 65504); choose another transform for it");
    }
}
