package crosscut.engine.cost;

import crosscut.engine.data.ExpectedRows;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpec.Feature;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How many distinct rows of a table a batch of ids touches. */
@FunctionalInterface
public interface DistinctRows {

    /**
     * The (expected) number.
     *
     * @param table name of the table
     * @param rows its rows
     * @param ids ids drawn from it
     */
    double count(String table, long rows, long ids);

    /** The most that can be: no row twice, as far as there are rows. */
    DistinctRows MOST = (_, rows, ids) -> Math.min(rows, ids);

    /** What is expected of ids that follow the laws of a feature spec: a power law where a feature has an alpha, uniform where it has none. */
    static DistinctRows expected(FeatureSpec spec) {
        Map<String, Feature> features = spec.categorical().stream().collect(Collectors.toMap(Feature::name, Function.identity()));
        return (table, rows, ids) -> ExpectedRows.distinct(rows, features.get(table).alpha().orElse(0), ids);
    }
}
