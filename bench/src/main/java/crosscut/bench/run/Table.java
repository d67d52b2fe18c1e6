package crosscut.bench.run;

import java.util.List;
import java.util.Map;

/**
 * Measurements of a suite, for people and programs.
 *
 * @param name of the suite
 * @param title for people
 * @param note what the columns mean
 * @param rows values (text and numbers) by column; all rows have the same columns in the same order
 */
record Table(String name, String title, String note, List<Map<String, Object>> rows) {

    Table {
        rows = List.copyOf(rows);
    }
}
