package crosscut.engine.parallel;

/**
 * The part of an embedding table that one rank keeps: all of it, some columns of all rows, or some rows with all columns.
 *
 * @param table index among all tables of the model
 * @param firstRow first row of the whole table that is here
 * @param rows how many are here
 * @param firstColumn first column of the whole table that is here
 * @param columns how many are here
 * @param replicated whether every rank keeps the same; then it is the whole table
 */
public record TableShard(int table, long firstRow, long rows, int firstColumn, int columns, boolean replicated) {

    /** One past the last row. */
    public long endRow() {
        return firstRow + rows;
    }

    /** One past the last column. */
    public int endColumn() {
        return firstColumn + columns;
    }

    /** rows * columns. */
    public long elements() {
        return rows * columns;
    }
}
