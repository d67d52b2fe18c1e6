package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.data.FileFailure;
import crosscut.engine.preprocess.layout.CategoricalColumn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One Parquet file (value, id, occurrences) per categorical column; ids by falling count, equal counts by the value's bytes. */
final class Dictionaries {

    /** Values that have an id of their own; the cardinality is one more. */
    static final String VALUES = "values";

    private Dictionaries() {
    }

    /**
     * Writes the dictionary of column {@code c<index>}.
     *
     * @param samples the table to count over
     * @param rows of that table
     */
    static StageJournal.Entry build(CategoricalColumn column, int index, String samples, long rows, Path target, Database database,
            StageRunner.Progress progress) {
        String purpose = "count the values of " + column.name();
        String query = SqlTemplate.named("dictionary").fill(
                Map.of("column", "c" + index, "samples", samples, "frequency_threshold", Long.toString(column.frequencyThreshold())));
        String file = SqlTemplate.literal(DurableFiles.unfinished(target).toString());
        database.execute(SqlTemplate.named("write_parquet").fill(Map.of("query", query, "file", file)), purpose, share -> progress.at(share, (long) (share * rows)));
        try {
            DurableFiles.finish(target);
        } catch (IOException failure) {
            throw new UserException("cannot write " + target + ": " + FileFailure.reason(failure), failure);
        }
        List<List<Object>> count = database.rows("SELECT COUNT(*) FROM read_parquet(" + SqlTemplate.literal(target.toString()) + ")", purpose);
        long values = (Long) count.getFirst().getFirst();
        return new StageJournal.Entry(rows, Map.of(VALUES, values));
    }
}
