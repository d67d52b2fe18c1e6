package crosscut.engine.checkpoint;

import java.nio.file.Path;

/** A file that holds some columns of an embedding table. */
record ColumnSlice(Path file, int firstColumn, int columns) {

    int endColumn() {
        return firstColumn + columns;
    }
}
