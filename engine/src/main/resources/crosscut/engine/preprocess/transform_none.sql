CAST(${value} AS DOUBLE)
