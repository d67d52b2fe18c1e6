package crosscut.engine.parallel;

/**
 * The part of an embedding table that one rank keeps: all rows of some columns.
 *
 * @param table index among all tables of the model
 * @param firstColumn first column of the whole table that is here
 * @param columns how many are here
 * @param replicated whether every rank keeps the same; then it is the whole table
 */
public record TableShard(int table, int firstColumn, int columns, boolean replicated) {

    /** One past the last column. */
    public int endColumn() {
        return firstColumn + columns;
    }
}
