package crosscut.bench.run;

import java.util.LinkedHashMap;
import java.util.Map;

/** The columns that every table begins with. */
final class TimeColumns {

    /** What the columns mean, for notes. */
    static final String NOTE = "Times are the first decile, the median and the ninth decile of all runs; speeds and shares go with the first, as other "
            + "programs only add time.";

    private TimeColumns() {
    }

    /**
     * First decile, median and ninth decile.
     *
     * @param names columns that go before
     * @param unit name of a unit of time
     * @param perSecond units in a second
     */
    static Map<String, Object> of(Map<String, Object> names, Measurement measurement, String unit, double perSecond) {
        Map<String, Object> row = new LinkedHashMap<>(names);
        row.put(unit, measurement.undisturbed() * perSecond);
        row.put("median " + unit, measurement.median() * perSecond);
        row.put("90 % " + unit, measurement.disturbed() * perSecond);
        return row;
    }

    /** Columns in the order given: name, value, name, value. */
    static Map<String, Object> columns(Object... namesAndValues) {
        Map<String, Object> columns = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            columns.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return columns;
    }
}
