package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.preprocess.layout.ColumnLayout;
import crosscut.engine.preprocess.layout.NumericTransform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Counts of samples and missing values, means and deviations. */
final class Statistics {

    static final String ROWS = "rows_";
    static final String MISSING = "missing_";
    static final String MEAN = "mean_";
    static final String DEVIATION = "deviation_";

    private Statistics() {
    }

    /**
     * Facts: rows_SPLIT; for every column X of n0 ..., c0 ... missing_X among the training samples; for standardized ones mean_X and deviation_X, 0 and 1 where the
     * training samples do not tell.
     *
     * @param goodRows rows of all files less those that were left out; the splits must hold exactly these
     */
    static StageJournal.Entry compute(ColumnLayout layout, Samples samples, Database database, long goodRows) {
        Map<String, Object> facts = new LinkedHashMap<>();
        long total = 0;
        for (String split : samples.splits()) {
            long rows = (Long) database.rows("SELECT COUNT(*) FROM " + Samples.table(split), "count the samples of " + split).getFirst().getFirst();
            if (rows == 0) {
                throw new UserException("split " + split + " has no rows: choose other files or another split rule");
            }
            facts.put(ROWS + split, rows);
            total += rows;
        }
        if (total != goodRows) {
            throw new UserException("the splits hold " + total + " rows, but the files have " + goodRows + ": a row is lost or counted twice; please report this");
        }
        addColumns(layout, database, facts);
        return new StageJournal.Entry(total, facts);
    }

    private static void addColumns(ColumnLayout layout, Database database, Map<String, Object> facts) {
        List<String> columns = new ArrayList<>();
        IntStream.range(0, layout.numerical().size()).forEach(index -> columns.add("n" + index));
        IntStream.range(0, layout.categorical().size()).forEach(index -> columns.add("c" + index));
        List<String> aggregates = new ArrayList<>();
        List<String> standardized = new ArrayList<>();
        columns.forEach(column -> aggregates.add("COUNT(" + column + ")"));
        for (int index = 0; index < layout.numerical().size(); index++) {
            NumericTransform transform = layout.numerical().get(index).transform();
            if (transform.isStandardized()) {
                String value = NumericalExpressions.unstandardized(transform, "n" + index);
                aggregates.add("AVG(" + value + ")");
                aggregates.add("STDDEV_POP(" + value + ")");
                standardized.add("n" + index);
            }
        }
        String sql = SqlTemplate.named("statistics").fill(Map.of("aggregates", String.join(", ", aggregates), "samples", Samples.table(FeatureSpec.TRAIN)));
        List<Object> row = database.rowsInFixedOrder(sql, "compute the statistics of the training samples").getFirst();
        long samples = (Long) row.getFirst();
        int next = 1;
        for (String column : columns) {
            facts.put(MISSING + column, samples - (Long) row.get(next++));
        }
        for (String column : standardized) {
            Double mean = (Double) row.get(next++);
            Double deviation = (Double) row.get(next++);
            facts.put(MEAN + column, mean == null ? 0.0 : mean);
            facts.put(DEVIATION + column, deviation == null || deviation == 0 ? 1.0 : deviation);
        }
    }
}
