-- DuckDB: which rows of an ingested file cannot be used, and why.
SELECT file_row_number, problem FROM read_parquet(${file}, file_row_number = true) WHERE problem IS NOT NULL ORDER BY file_row_number
