package crosscut.engine.preprocess.layout;

import java.util.List;
import java.util.Optional;

/** How the files of a data set are written. */
public sealed interface SourceFormat {

    /** Parquet files; columns are found by name. */
    record Parquet() implements SourceFormat {
    }

    /**
     * Delimited text, plain or gzip.
     *
     * @param quote the character around fields that hold a delimiter; empty: none
     * @param header whether the first line names the columns
     * @param columns names in order where there is no header, else empty
     * @param comment lines that begin with this character are ignored; empty: none
     * @param fieldCountHint what to say beside the numbers when a line has {@code hintedFieldCount} fields
     */
    record Text(char delimiter, Optional<Character> quote, boolean header, List<String> columns, Optional<Character> comment, int hintedFieldCount,
            String fieldCountHint) implements SourceFormat {

        public Text {
            columns = List.copyOf(columns);
        }

        public Text(char delimiter, Optional<Character> quote, boolean header, List<String> columns, Optional<Character> comment) {
            this(delimiter, quote, header, columns, comment, -1, "");
        }
    }
}
