/**
 * From raw tables to a tf_raw folder. {@link crosscut.engine.preprocess.Preprocessing} runs the stages in the order of the data: check the text files line by
 * line, ingest each into Parquet, statistics, one dictionary per categorical column, one output file per column and split, publish. What is computed stands in
 * the SQL files beside the classes; they use plain SQL and the column names label, n0 ..., c0 ..., so that another engine can run them. Only
 * read_*.sql, write_*.sql and find_problems.sql are DuckDB's own.
 */
package crosscut.engine.preprocess;
