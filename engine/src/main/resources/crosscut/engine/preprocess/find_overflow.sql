-- The first sample whose value becomes infinite in 16-bit floating point: numbers from 65520 on round up.
SELECT row_number, ${column} AS raw, ${value} AS transformed FROM ${samples} WHERE NOT abs(${value}) < 65520 ORDER BY row_number LIMIT 1
