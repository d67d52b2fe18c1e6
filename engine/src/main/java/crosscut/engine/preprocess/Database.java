package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import org.duckdb.DuckDBChunkedResult;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBDriver;
import org.duckdb.DuckDBPreparedStatement;

/** An embedded DuckDB without a file of its own: its data are the Parquet files that it reads and writes. */
final class Database implements AutoCloseable {

    private static final String DISK_FULL = "No space left on device";
    private static final long PROGRESS_PERIOD_MILLISECONDS = 200;

    /** Takes a result a few thousand rows at a time. */
    interface ChunkConsumer {
        void accept(DuckDBDataChunkReader chunk);
    }

    private final DuckDBConnection connection;
    private final int threads;
    private final ScheduledExecutorService progressTimer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("sql-progress").factory());

    private Database(DuckDBConnection connection, int threads) {
        this.connection = connection;
        this.threads = threads;
    }

    /** Starts DuckDB with these bounds; it spills what does not fit to {@code spillFolder}. */
    static Database open(String memoryLimit, int threads, Path spillFolder) {
        Properties settings = new Properties();
        settings.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
        settings.setProperty("memory_limit", memoryLimit.replace(" ", ""));
        settings.setProperty("threads", Integer.toString(threads));
        settings.setProperty("temp_directory", spillFolder.toString());
        settings.setProperty("preserve_insertion_order", "true");
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        try {
            Database database = new Database(DriverManager.getConnection("jdbc:duckdb:", settings).unwrap(DuckDBConnection.class), threads);
            database.execute("SET enable_progress_bar = true");
            database.execute("SET enable_progress_bar_print = false");
            return database;
        } catch (SQLException failure) {
            throw userException("start DuckDB with --memory_limit " + memoryLimit, failure);
        }
    }

    void execute(String sql) {
        execute(sql, "run a statement", _ -> { });
    }

    /**
     * Runs a statement without a result.
     *
     * @param purpose for the message of a failure, such as {@code ingest train.tsv}
     * @param progress hears the share that is done, from a timer thread
     */
    void execute(String sql, String purpose, DoubleConsumer progress) {
        try (Statement statement = connection.createStatement()) {
            ScheduledFuture<?> timer = watch(statement, progress);
            try {
                statement.execute(sql);
            } finally {
                timer.cancel(false);
            }
        } catch (SQLException failure) {
            throw userException(purpose, failure);
        }
    }

    /** The rows of a small result, as DuckDB's driver gives the values. */
    List<List<Object>> rows(String sql, String purpose) {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            List<List<Object>> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    row.add(result.getObject(column));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException failure) {
            throw userException(purpose, failure);
        }
    }

    /** As {@link #rows}, on one thread: sums of floating-point numbers then do not depend on how many threads there are. */
    List<List<Object>> rowsInFixedOrder(String sql, String purpose) {
        execute("SET threads = 1");
        try {
            return rows(sql, purpose);
        } finally {
            execute("SET threads = " + threads);
        }
    }

    /** Streams a result of any size. */
    void stream(String sql, String purpose, ChunkConsumer consumer) {
        try (DuckDBPreparedStatement statement = connection.prepare(sql); DuckDBChunkedResult result = statement.query()) {
            while (result.nextChunk()) {
                consumer.accept(result.chunk());
            }
        } catch (SQLException failure) {
            throw userException(purpose, failure);
        }
    }

    @Override
    public void close() {
        progressTimer.shutdownNow();
        try {
            connection.close();
        } catch (SQLException failure) {
            throw userException("stop DuckDB", failure);
        }
    }

    private ScheduledFuture<?> watch(Statement statement, DoubleConsumer progress) throws SQLException {
        DuckDBPreparedStatement running = statement.unwrap(DuckDBPreparedStatement.class);
        return progressTimer.scheduleAtFixedRate(() -> {
            try {
                double percentage = running.getQueryProgress().getPercentage();
                if (percentage >= 0) {
                    progress.accept(percentage / 100);
                }
            } catch (SQLException tooEarlyOrTooLate) {
                // No query is running at this moment: there is nothing to report.
            }
        }, PROGRESS_PERIOD_MILLISECONDS, PROGRESS_PERIOD_MILLISECONDS, TimeUnit.MILLISECONDS);
    }

    private static UserException userException(String purpose, SQLException failure) {
        String reason = String.valueOf(failure.getMessage()).lines().filter(line -> !line.isBlank()).findFirst().orElse("no reason given").strip();
        String advice = "";
        if (reason.contains("Out of Memory") || reason.contains("OutOfMemory")) {
            advice = "; raise --memory_limit or lower --threads";
        } else if (reason.contains(DISK_FULL) || reason.contains("max_temp_directory_size")) {
            // DuckDB wraps the system's message into JSON here.
            reason = reason.contains(DISK_FULL) ? DISK_FULL : reason;
            advice = "; free space or name another --temporary_folder";
        }
        return new UserException("could not " + purpose + ": " + reason + advice, failure);
    }
}
