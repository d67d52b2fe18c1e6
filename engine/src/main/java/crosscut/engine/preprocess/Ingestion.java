package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.data.FileFailure;
import crosscut.engine.preprocess.layout.ColumnLayout;
import crosscut.engine.preprocess.layout.SourceFormat;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Brings source files into typed Parquet files, one for one and row for row; rows that cannot be used stay, marked with their problem. */
final class Ingestion {

    /** Fact of both stages of a file: how many of its lines they left out. */
    static final String BAD = "bad";

    private static final String RECORDS = "records";
    private static final String MIXED_LINE_ENDS = "mixed_line_ends";

    private final ColumnLayout layout;
    private final Database database;
    private final BadLines badLines;

    Ingestion(ColumnLayout layout, Database database, BadLines badLines) {
        this.layout = layout;
        this.database = database;
        this.badLines = badLines;
    }

    /** Refuses a file that lacks a used column or is of another format; quick. */
    void requireColumns(InputFile file) {
        List<String> names = columnNames(file);
        for (String column : layout.usedColumns()) {
            if (names.indexOf(column) != names.lastIndexOf(column)) {
                throw new UserException(file.path() + " has column " + column + " twice, so layout " + layout.name() + " cannot tell which is meant");
            }
            if (!names.contains(column)) {
                throw new UserException(file.path() + " has no column " + column + ", which layout " + layout.name() + " uses; its columns are "
                        + String.join(", ", names));
            }
        }
    }

    /** Counts the records of a file independently of DuckDB and finds those that are malformed. */
    StageJournal.Entry check(InputFile file, StageRunner.Progress progress) {
        if (!(layout.format() instanceof SourceFormat.Text text)) {
            long rows = (Long) database.rows("SELECT CAST(SUM(num_rows) AS BIGINT) FROM parquet_file_metadata(" + literal(file.path()) + ")",
                    "read " + file.path()).getFirst().getFirst();
            return counted(file, rows, 0, false);
        }
        long[] records = {0, 0};
        TextRecords reader = new TextRecords(file, text);
        reader.read((line, fault, bytesRead) -> {
            records[fault == null ? 0 : 1]++;
            if (fault != null) {
                badLines.add(file, line, fault);
            }
            if ((records[0] & 0xffff) == 0) {
                progress.at((double) bytesRead / file.bytes(), records[0]);
            }
            return true;
        });
        return counted(file, records[0], records[1], reader.hasMixedLineEnds());
    }

    /** Makes the Parquet file. */
    StageJournal.Entry ingest(InputFile file, StageJournal.Entry checked, Path target, StageRunner.Progress progress) {
        String purpose = "ingest " + file.path();
        Path unfinished = DurableFiles.unfinished(target);
        boolean cleaned = checked.number(BAD) > 0 || checked.facts().get(MIXED_LINE_ENDS).equals(true);
        Path wellFormed = target.resolveSibling(target.getFileName() + ".well_formed");
        InputFile source = cleaned ? copyWellFormed(file, wellFormed) : file;
        boolean header = !cleaned && layout.format() instanceof SourceFormat.Text text && text.header();
        String query = new IngestQuery(layout, columnNames(file)).sql(source, header);
        long expected = checked.number(RECORDS);
        database.execute(SqlTemplate.named("write_parquet").fill(Map.of("query", query, "file", literal(unfinished))), purpose,
                share -> progress.at(share, (long) (share * expected)));
        try {
            Files.deleteIfExists(wellFormed);
            DurableFiles.finish(target);
        } catch (IOException failure) {
            throw cannotWrite(target, failure);
        }
        long rows = (Long) database.rows("SELECT COUNT(*) FROM read_parquet(" + literal(target) + ")", purpose).getFirst().getFirst();
        if (rows != expected) {
            throw new UserException(file.path() + " has " + expected + " well-formed records, but DuckDB read " + rows
                    + ": the two readers disagree, so nothing is written; look for stray quotes or carriage returns");
        }
        return new StageJournal.Entry(rows, Map.of(BAD, reportProblems(file, target)));
    }

    /** The file without malformed lines and with one kind of line end: what else it can read, DuckDB decides otherwise than we do. */
    private InputFile copyWellFormed(InputFile file, Path target) {
        TextRecords records = new TextRecords(file, (SourceFormat.Text) layout.format());
        try (OutputStream copy = new BufferedOutputStream(Files.newOutputStream(target))) {
            records.read((_, fault, _) -> {
                if (fault == null) {
                    copyRecord(records, copy, target);
                }
                return true;
            });
        } catch (IOException failure) {
            throw cannotWrite(target, failure);
        }
        return InputFile.open(target);
    }

    private static void copyRecord(TextRecords records, OutputStream copy, Path target) {
        try {
            records.copyRecord(copy);
        } catch (IOException failure) {
            throw cannotWrite(target, failure);
        }
    }

    private static UserException cannotWrite(Path file, IOException failure) {
        return new UserException("cannot write " + file + ": " + FileFailure.reason(failure), failure);
    }

    /** Line of the text file, or row of the Parquet file (from 1), that became row {@code index} (from 0) of the ingested file. */
    String place(InputFile file, long index) {
        if (!(layout.format() instanceof SourceFormat.Text text)) {
            return file.path() + ", row " + (index + 1);
        }
        long[] found = {0, 0};
        new TextRecords(file, text).read((line, fault, _) -> {
            found[1] = line;
            return fault != null || found[0]++ < index;
        });
        return file.path() + ", line " + found[1];
    }

    private long reportProblems(InputFile file, Path ingested) {
        List<List<Object>> problems = database.rows(SqlTemplate.named("find_problems").fill(Map.of("file", literal(ingested))), "check " + file.path());
        for (List<Object> problem : problems) {
            long line = lineNumber(file, (Long) problem.get(0));
            badLines.add(file, line, "is no sample: " + problem.get(1));
        }
        return problems.size();
    }

    private long lineNumber(InputFile file, long index) {
        String place = place(file, index);
        return Long.parseLong(place.substring(place.lastIndexOf(' ') + 1));
    }

    private StageJournal.Entry counted(InputFile file, long records, long bad, boolean mixedLineEnds) {
        if (records == 0) {
            throw new UserException(file.path() + " has no " + (bad > 0 ? "well-formed " : "") + "record");
        }
        return new StageJournal.Entry(records, Map.of(RECORDS, records, BAD, bad, MIXED_LINE_ENDS, mixedLineEnds));
    }

    private List<String> columnNames(InputFile file) {
        boolean parquet = file.packing() == InputFile.Packing.PARQUET;
        if (parquet != layout.format() instanceof SourceFormat.Parquet) {
            throw new UserException(file.path() + (parquet ? " is a Parquet file, but layout " + layout.name() + " describes text"
                    : " is no Parquet file, but layout " + layout.name() + " says so"));
        }
        if (layout.format() instanceof SourceFormat.Text text) {
            return new TextRecords(file, text).fieldNames();
        }
        return database.rows("DESCRIBE SELECT * FROM read_parquet(" + literal(file.path()) + ")", "read " + file.path()).stream()
                .map(row -> (String) row.getFirst()).toList();
    }

    private static String literal(Path path) {
        return SqlTemplate.literal(path.toString());
    }
}
