package crosscut.engine.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.preprocess.layout.SourceFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Records counted by our reader: what was written is found again, and DuckDB finds the same. */
class TextRecordsTest {

    private static final SourceFormat.Text CSV = new SourceFormat.Text(',', Optional.of('"'), false, List.of("a", "b", "c"), Optional.of('#'));

    @Provide
    Arbitrary<List<List<String>>> tables() {
        Arbitrary<String> field = Arbitraries.strings().withChars('a', ',', '"', '\n', ' ', 'é', '#').ofMaxLength(6);
        return field.list().ofSize(3).list().ofMaxSize(20);
    }

    @Property(tries = 200)
    void findsEveryRecordOnItsLine(@ForAll("tables") List<List<String>> table, @ForAll boolean carriageReturns) throws IOException {
        StringBuilder text = new StringBuilder();
        List<Long> lines = new ArrayList<>();
        long line = 1;
        for (List<String> row : table) {
            String record = String.join(",", row.stream().map(TextRecordsTest::quoted).toList());
            lines.add(line);
            line += 1 + record.chars().filter(character -> character == '\n').count();
            text.append(record).append(carriageReturns ? "\r\n" : "\n");
        }
        Path file = Files.createTempFile("records", ".csv");
        try {
            Files.writeString(file, text.isEmpty() ? "#\n" : text);
            List<Long> found = new ArrayList<>();
            ByteArrayOutputStream copy = new ByteArrayOutputStream();
            TextRecords records = new TextRecords(InputFile.open(file), CSV);
            records.read((begin, fault, _) -> {
                assertThat(fault).isNull();
                found.add(begin);
                try {
                    records.copyRecord(copy);
                } catch (IOException impossible) {
                    throw new AssertionError(impossible);
                }
                return true;
            });
            assertThat(found).isEqualTo(lines);
            assertThat(copy.toString(StandardCharsets.UTF_8)).isEqualTo(text.toString().replace("\r\n", "\n"));
        } finally {
            Files.delete(file);
        }
    }

    @Property(tries = 60)
    void duckDbReadsTheSameFields(@ForAll("tables") List<List<String>> table, @ForAll boolean carriageReturns) throws IOException {
        String lineEnd = carriageReturns ? "\r\n" : "\n";
        List<String> records = table.stream().map(row -> String.join(",", row.stream().map(TextRecordsTest::quoted).toList())).toList();
        Path file = Files.createTempFile("records", ".csv");
        try (Database database = Database.open("100MB", 1, file.getParent())) {
            Files.writeString(file, "#" + lineEnd + String.join(lineEnd, records));
            String query = SqlTemplate.named("read_csv").fill(Map.of("file", SqlTemplate.literal(file.toString()), "columns",
                    "'f0': 'VARCHAR', 'f1': 'VARCHAR', 'f2': 'VARCHAR'", "header", "false", "delimiter", "','", "quote", "'\"'", "comment", "'#'", "compression",
                    "'none'"));
            List<List<Object>> rows = database.rows(query, "read").stream().map(row -> row.stream().map(field -> field == null ? (Object) "" : field).toList()).toList();
            assertThat(rows).isEqualTo(table);
        } finally {
            Files.delete(file);
        }
    }

    private static String quoted(String field) {
        return field.matches("[aé][aé]*") ? field : "\"" + field.replace("\"", "\"\"") + "\"";
    }
}
