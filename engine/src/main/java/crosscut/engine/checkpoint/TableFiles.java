package crosscut.engine.checkpoint;

import crosscut.engine.UserException;
import crosscut.engine.checkpoint.Safetensors.Named;
import crosscut.engine.config.TableConfig;
import crosscut.engine.model.EmbeddingTables;
import crosscut.engine.parallel.TableShard;
import crosscut.kernels.device.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The files of embedding tables: {@code table-INDEX.safetensors} is a whole table, {@code table-INDEX.columns-FIRST-END.safetensors} its columns FIRST to
 * END - 1, {@code table-INDEX.rows-FIRST-END.safetensors} its rows. Whatever ranks wrote, any rank finds the part that it wants.
 */
final class TableFiles {

    private static final Pattern NAME = Pattern.compile(
            "table-(?<table>\\d{4,})(?:\\.rows-(?<row>\\d+)-(?<endRow>\\d+))?(?:\\.columns-(?<column>\\d+)-(?<endColumn>\\d+))?\\.safetensors");

    private final Path folder;
    private final List<String> names;

    /**
     * Looks at a checkpoint.
     *
     * @param names of all its files
     */
    TableFiles(Path folder, List<String> names) {
        this.folder = folder;
        this.names = names;
    }

    /** The file that holds a shard. */
    static String name(EmbeddingTables tables, int shard) {
        TableShard kept = tables.shard(shard);
        TableConfig table = tables.config(shard);
        String rows = kept.rows() == table.cardinality() ? "" : ".rows-%d-%d".formatted(kept.firstRow(), kept.endRow());
        String columns = kept.columns() == table.dimension() ? "" : ".columns-%d-%d".formatted(kept.firstColumn(), kept.endColumn());
        return "table-%04d%s%s.safetensors".formatted(kept.table(), rows, columns);
    }

    /** Reads one shard of a rank, from however many files hold parts of it. */
    void read(Device device, EmbeddingTables tables, int shard, List<Named> tensors) throws IOException {
        TableShard wanted = tables.shard(shard);
        List<TableSlice> slices = slices(wanted.table(), tables.config(shard));
        for (TableSlice slice : slices) {
            if (slice.isAllOf(wanted)) {
                Safetensors.read(slice.file(), device, tensors);
                return;
            }
        }
        requireAll(wanted, slices);
        try (SliceReader reader = new SliceReader(slices.stream().filter(slice -> slice.overlaps(wanted)).toList(), wanted)) {
            for (Named tensor : tensors) {
                reader.read(device, tensor);
            }
        }
    }

    private List<TableSlice> slices(int table, TableConfig config) {
        List<TableSlice> slices = new ArrayList<>();
        for (String name : names) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches() && Integer.parseInt(matcher.group("table")) == table) {
                slices.add(new TableSlice(folder.resolve(name), number(matcher, "row", 0), number(matcher, "endRow", config.cardinality()),
                        (int) number(matcher, "column", 0), (int) number(matcher, "endColumn", config.dimension())));
            }
        }
        return slices;
    }

    private static long number(Matcher matcher, String group, long whole) {
        return matcher.group(group) == null ? whole : Long.parseLong(matcher.group(group));
    }

    private void requireAll(TableShard wanted, List<TableSlice> slices) {
        String table = "table-%04d".formatted(wanted.table());
        if (slices.isEmpty()) {
            throw new UserException(folder + " holds no " + table + ".safetensors: the model has more embedding tables than the checkpoint");
        }
        // Where anything is missing, its first row follows the end of a slice or begins the shard, and its first column as well.
        long[] rows = LongStream.concat(LongStream.of(wanted.firstRow()), slices.stream().mapToLong(TableSlice::endRow))
                .filter(row -> row >= wanted.firstRow() && row < wanted.endRow()).sorted().distinct().toArray();
        int[] columns = IntStream.concat(IntStream.of(wanted.firstColumn()), slices.stream().mapToInt(TableSlice::endColumn))
                .filter(column -> column >= wanted.firstColumn() && column < wanted.endColumn()).sorted().distinct().toArray();
        for (long row : rows) {
            for (int column : columns) {
                if (slices.stream().noneMatch(slice -> slice.holds(row, column))) {
                    throw new UserException(folder + " does not hold column " + column + " of row " + row + " of embedding table " + wanted.table()
                            + ": the model is larger than the checkpoint, or a file " + table + ".columns-... or " + table + ".rows-... is missing");
                }
            }
        }
    }
}
