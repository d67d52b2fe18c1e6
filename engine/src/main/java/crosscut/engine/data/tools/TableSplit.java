package crosscut.engine.data.tools;

import crosscut.engine.UserException;
import crosscut.engine.data.ColumnType;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpec.Chunk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The chunks of one split side by side: row i of each makes sample i. */
final class TableSplit implements AutoCloseable {

    /** tf_raw's greatest cardinality is one less than the limit of its widest type. */
    private static final long ID_LIMIT = ColumnType.INT32.cardinalityLimit() - 1;

    /** Where a feature stands. */
    private record Column(TableFiles chunk, int index) {
    }

    private final String split;
    private final List<TableFiles> chunks = new ArrayList<>();
    private final Map<String, Column> columns = new HashMap<>();
    private long sample = -1;

    TableSplit(Path folder, FeatureSpec spec, String split) {
        this.split = split;
        try {
            for (Chunk chunk : spec.splits().get(split)) {
                TableFiles files = new TableFiles(folder, chunk, spec);
                chunks.add(files);
                for (int index = 0; index < chunk.features().size(); index++) {
                    columns.put(chunk.features().get(index), new Column(files, index));
                }
            }
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** Goes to the next sample; false after the last one. Throws {@link UserException} when one chunk ends before another. */
    boolean next() {
        boolean found = chunks.getFirst().next();
        for (TableFiles chunk : chunks.subList(1, chunks.size())) {
            if (chunk.next() != found) {
                TableFiles ended = found ? chunk : chunks.getFirst();
                TableFiles longer = found ? chunks.getFirst() : chunk;
                throw new UserException("in " + split + ", " + ended.name() + " ends after " + (sample + 1) + " rows but " + longer.name()
                        + " has more: the chunks of a split are joined row by row, so they must have the same number of rows");
            }
        }
        sample += found ? 1 : 0;
        return found;
    }

    /** An id, 0 or more. */
    int id(String feature) {
        String text = text(feature);
        try {
            long id = Long.parseLong(text);
            if (id >= 0 && id < ID_LIMIT) {
                return (int) id;
            }
        } catch (NumberFormatException notANumber) {
            throw wrong(feature, "'" + text + "' is not a whole number; categorical features hold ids 0, 1, 2 ...", notANumber);
        }
        throw wrong(feature, "id " + text + " is outside [0, " + ID_LIMIT + "), which is all that 32 bits hold", null);
    }

    /** A numerical feature, rounded so that rounding it once more to float16 gives the float16 nearest to the written number. */
    float number(String feature) {
        String text = text(feature);
        try {
            return roundToOdd(Double.parseDouble(text));
        } catch (NumberFormatException notANumber) {
            throw wrong(feature, "'" + text + "' is not a number", notANumber);
        }
    }

    byte label(String feature) {
        String text = text(feature);
        return switch (text) {
            case "0", "false", "0.0" -> 0;
            case "1", "true", "1.0" -> 1;
            default -> throw wrong(feature, "label '" + text + "' is neither 0 nor 1", null);
        };
    }

    private static float roundToOdd(double value) {
        float nearest = (float) value;
        int bits = Float.floatToRawIntBits(nearest);
        if (nearest == value || (bits & 1) == 1 || !Float.isFinite(nearest)) {
            return nearest;
        }
        return Float.intBitsToFloat(Math.abs(nearest) > Math.abs(value) ? bits - 1 : bits + 1);
    }

    private String text(String feature) {
        Column column = columns.get(feature);
        String text = column.chunk().text(column.index());
        if (text == null || text.isBlank()) {
            throw wrong(feature, "the value is missing; fill it before transcribing, or use preprocess, which knows missing values", null);
        }
        return text.strip();
    }

    private UserException wrong(String feature, String what, Throwable cause) {
        return new UserException(columns.get(feature).chunk().name() + ", row " + (sample + 1) + ", feature " + feature + ": " + what, cause);
    }

    @Override
    public void close() {
        chunks.forEach(TableFiles::close);
    }
}
