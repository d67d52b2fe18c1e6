-- DuckDB: the good rows of one ingested file. row_number counts from 0 over all files of the run, in the order of the command line.
SELECT ${first_row} + file_row_number AS row_number, ${columns} FROM read_parquet(${file}, file_row_number = true)
