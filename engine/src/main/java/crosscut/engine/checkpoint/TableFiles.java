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
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of embedding tables: {@code table-INDEX.safetensors} is a whole table, {@code table-INDEX.columns-FIRST-END.safetensors} its columns FIRST to
 * END - 1. Whatever ranks wrote, any rank finds the columns that it wants.
 */
final class TableFiles {

    private static final Pattern NAME = Pattern.compile("table-(\\d{4,})(?:\\.columns-(\\d+)-(\\d+))?\\.safetensors");

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
        boolean isWhole = kept.columns() == tables.config(shard).dimension();
        String columns = isWhole ? "" : ".columns-%d-%d".formatted(kept.firstColumn(), kept.endColumn());
        return "table-%04d%s.safetensors".formatted(kept.table(), columns);
    }

    /** Reads one shard of a rank, from however many files hold its columns. */
    void read(Device device, EmbeddingTables tables, int shard, List<Named> tensors) throws IOException {
        TableShard wanted = tables.shard(shard);
        List<ColumnSlice> slices = slices(wanted.table(), tables.config(shard));
        for (ColumnSlice slice : slices) {
            if (slice.firstColumn() == wanted.firstColumn() && slice.columns() == wanted.columns()) {
                Safetensors.read(slice.file(), device, tensors);
                return;
            }
        }
        List<ColumnSlice> needed = slices.stream()
                .filter(slice -> slice.firstColumn() < wanted.endColumn() && slice.endColumn() > wanted.firstColumn()).toList();
        requireAllColumns(wanted, needed);
        try (ColumnReader reader = new ColumnReader(needed)) {
            for (Named tensor : tensors) {
                reader.read(device, tensor, wanted.firstColumn());
            }
        }
    }

    private List<ColumnSlice> slices(int table, TableConfig config) {
        List<ColumnSlice> slices = new ArrayList<>();
        for (String name : names) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches() && Integer.parseInt(matcher.group(1)) == table) {
                boolean isWhole = matcher.group(2) == null;
                int first = isWhole ? 0 : Integer.parseInt(matcher.group(2));
                int end = isWhole ? config.dimension() : Integer.parseInt(matcher.group(3));
                slices.add(new ColumnSlice(folder.resolve(name), first, end - first));
            }
        }
        slices.sort(Comparator.comparingInt(ColumnSlice::firstColumn));
        return slices;
    }

    private void requireAllColumns(TableShard wanted, List<ColumnSlice> slices) {
        int column = wanted.firstColumn();
        for (ColumnSlice slice : slices) {
            if (slice.firstColumn() > column) {
                break;
            }
            column = Math.max(column, slice.endColumn());
        }
        if (slices.isEmpty()) {
            throw new UserException(folder + " holds no " + "table-%04d.safetensors".formatted(wanted.table())
                    + ": the model has more embedding tables than the checkpoint");
        }
        if (column < wanted.endColumn()) {
            throw new UserException(folder + " holds no column " + column + " of embedding table " + wanted.table()
                    + ": the model is wider than the checkpoint, or a table-%04d.columns file is missing".formatted(wanted.table()));
        }
    }
}
