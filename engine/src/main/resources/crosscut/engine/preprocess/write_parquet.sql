-- DuckDB: stores a result in its order.
COPY (${query}) TO ${file} (FORMAT parquet, COMPRESSION zstd)
