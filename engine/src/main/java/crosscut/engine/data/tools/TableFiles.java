package crosscut.engine.data.tools;

import crosscut.engine.UserException;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpec.Chunk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The rows of one chunk of CSV or Parquet files as text, one column per feature, in the order of the files. Embedded DuckDB reads them as a stream, so that
 * memory stays bounded.
 */
final class TableFiles implements AutoCloseable {

    private final String name;
    private final Connection connection;
    private final ResultSet rows;
    private long row;

    /** Opens the files of a chunk, which lie relative to {@code folder}. */
    TableFiles(Path folder, Chunk chunk, FeatureSpec spec) {
        name = String.join(", ", chunk.files());
        List<Path> files = chunk.files().stream().map(folder::resolve).toList();
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw new UserException("cannot read " + file + ": there is no such file");
            }
        }
        try {
            connection = connect();
            rows = connection.createStatement().executeQuery(chunk.type().equals("csv") ? csvQuery(files, chunk) : parquetQuery(files, chunk, spec));
        } catch (SQLException failure) {
            throw unreadable(failure);
        }
    }

    private static Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
        try (Statement statement = connection.createStatement()) {
            // Nothing is fetched from the network, and rows come in the order of the files.
            statement.execute("SET autoinstall_known_extensions = false");
            statement.execute("SET preserve_insertion_order = true");
            statement.execute("SET threads = 1");
        }
        return connection;
    }

    private static String csvQuery(List<Path> files, Chunk chunk) {
        List<String> columns = new ArrayList<>();
        for (int column = 0; column < chunk.features().size(); column++) {
            columns.add("'column_" + column + "': 'VARCHAR'");
        }
        return "SELECT * FROM read_csv(" + paths(files) + ", header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
                + "columns = {" + String.join(", ", columns) + "})";
    }

    private static String parquetQuery(List<Path> files, Chunk chunk, FeatureSpec spec) {
        String columns = chunk.features().stream().map(feature -> column(feature, spec)).collect(Collectors.joining(", "));
        return "SELECT " + columns + " FROM read_parquet(" + paths(files) + ")";
    }

    /** Floating point goes through float64, whose text gives the same number again. */
    private static String column(String feature, FeatureSpec spec) {
        String quoted = '"' + feature.replace("\"", "\"\"") + '"';
        return spec.channels().numerical().contains(feature) ? "CAST(CAST(" + quoted + " AS DOUBLE) AS VARCHAR)" : "CAST(" + quoted + " AS VARCHAR)";
    }

    private static String paths(List<Path> files) {
        return files.stream().map(file -> "'" + file.toString().replace("'", "''") + "'").collect(Collectors.joining(", ", "[", "]"));
    }

    /** The files, as the feature spec names them. */
    String name() {
        return name;
    }

    /** Goes to the next row; false after the last one. */
    boolean next() {
        try {
            boolean found = rows.next();
            row += found ? 1 : 0;
            return found;
        } catch (SQLException failure) {
            throw unreadable(failure);
        }
    }

    /** The text of the {@code index}-th feature of the chunk in the row at hand, or null where it is missing. */
    String text(int index) {
        try {
            return rows.getString(index + 1);
        } catch (SQLException failure) {
            throw unreadable(failure);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException failure) {
            throw unreadable(failure);
        }
    }

    private UserException unreadable(SQLException failure) {
        String reason = String.valueOf(failure.getMessage()).lines().map(String::strip).filter(line -> !line.isEmpty()).limit(2)
                .collect(Collectors.joining(" "));
        return new UserException("cannot read " + name + " after row " + row + ": " + reason, failure);
    }
}
