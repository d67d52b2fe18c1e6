package crosscut.bench.run;

import java.util.List;
import java.util.Map;

/**
 * Measurements of a suite, for people and programs.
 *
 * @param name of the suite
 * @param title for people
 * @param note what the columns mean
 * @param rows values (text, numbers and lists of them) by column; all rows have the same columns in the same order
 * @param plot how it is drawn, null where it is not
 */
record Table(String name, String title, String note, List<Map<String, Object>> rows, Plot plot) {

    Table {
        rows = List.copyOf(rows);
    }

    /** A table that is not drawn. */
    Table(String name, String title, String note, List<Map<String, Object>> rows) {
        this(name, title, note, rows, null);
    }

    /** The name of the picture's file. */
    String picture() {
        return name + ".png";
    }
}
