package crosscut.engine.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The SQL files stay portable, and templates tell what is missing. */
class SqlFilesTest {

    private static final List<String> OWN_TO_DUCKDB = List.of("read_csv.sql", "read_parquet.sql", "read_samples.sql", "write_parquet.sql", "find_problems.sql");

    @Test
    void onlyReadingAndWritingIsDuckDbsOwn() throws IOException, URISyntaxException {
        Path folder = Path.of(SqlTemplate.class.getResource("dictionary.sql").toURI()).getParent();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".sql") && !OWN_TO_DUCKDB.contains(path.getFileName().toString())).toList()) {
                String statement = Files.readString(file).lines().filter(line -> !line.startsWith("--")).reduce("", (left, right) -> left + "\n" + right);
                assertThat(statement).as(file.toString()).doesNotContain("::", "read_", "COPY", "rowid", "file_row_number", "\"", "//", "~");
            }
        }
    }

    @Test
    void aMissingOrUnusedValueIsAnError() {
        SqlTemplate template = SqlTemplate.named("missing_flag");
        assertThat(template.fill(Map.of("column", "n3"))).isEqualTo("CASE WHEN n3 IS NULL THEN 1 ELSE 0 END");
        assertThatThrownBy(() -> template.fill(Map.of())).hasMessageContaining("${column}");
        assertThatThrownBy(() -> template.fill(Map.of("column", "n3", "other", "x"))).hasMessageContaining("other");
        assertThat(SqlTemplate.literal("it's")).isEqualTo("'it''s'");
    }
}
