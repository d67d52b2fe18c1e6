package crosscut.engine.preprocess;

import crosscut.engine.preprocess.layout.NumericTransform;
import crosscut.engine.preprocess.layout.NumericalColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** SQL for the numerical features of a data set. */
final class NumericalExpressions {

    private NumericalExpressions() {
    }

    /** What the statistics stage has to aggregate for a standardized column: the transformed value, NULL where it is missing. */
    static String unstandardized(NumericTransform transform, String column) {
        return "CASE WHEN " + column + " IS NOT NULL THEN " + SqlTemplate.named("transform_" + transform.function()).fill(Map.of("value", column)) + " END";
    }

    /** One expression per feature, in the order of the numerical channel: the columns, then the missing flags. */
    static List<String> features(List<NumericalColumn> columns, StageJournal.Entry statistics) {
        List<String> features = new ArrayList<>();
        for (int index = 0; index < columns.size(); index++) {
            features.add(value(columns.get(index), index, statistics));
        }
        for (int index = 0; index < columns.size(); index++) {
            if (columns.get(index).missingFlag()) {
                features.add(SqlTemplate.named("missing_flag").fill(Map.of("column", "n" + index)));
            }
        }
        return features;
    }

    private static String value(NumericalColumn column, int index, StageJournal.Entry statistics) {
        String name = "n" + index;
        String value = SqlTemplate.named("transform_" + column.transform().function()).fill(Map.of("value", name));
        if (column.transform().isStandardized()) {
            value = SqlTemplate.named("standardized").fill(Map.of("value", value, "mean", number(statistics.real(Statistics.MEAN + name)), "deviation",
                    number(statistics.real(Statistics.DEVIATION + name))));
        }
        return SqlTemplate.named("present_or_zero").fill(Map.of("column", name, "value", value));
    }

    /** With an exponent, so that every engine reads a double and no decimal. */
    private static String number(double value) {
        String text = Double.toString(value);
        return "(" + (text.contains("E") ? text : text + "E0") + ")";
    }
}
