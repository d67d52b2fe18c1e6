package crosscut.engine.checkpoint;

import crosscut.engine.parallel.TableShard;
import java.nio.file.Path;

/** A file that holds some rows and columns of an embedding table. */
record TableSlice(Path file, long firstRow, long endRow, int firstColumn, int endColumn) {

    long rows() {
        return endRow - firstRow;
    }

    int columns() {
        return endColumn - firstColumn;
    }

    boolean isAllOf(TableShard shard) {
        return firstRow == shard.firstRow() && endRow == shard.endRow() && firstColumn == shard.firstColumn() && endColumn == shard.endColumn();
    }

    boolean overlaps(TableShard shard) {
        return firstRow < shard.endRow() && endRow > shard.firstRow() && firstColumn < shard.endColumn() && endColumn > shard.firstColumn();
    }

    boolean holds(long row, int column) {
        return row >= firstRow && row < endRow && column >= firstColumn && column < endColumn;
    }
}
