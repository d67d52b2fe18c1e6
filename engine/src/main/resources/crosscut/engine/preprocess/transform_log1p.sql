-- Negative values count as 0.
CASE WHEN ${value} > 0 THEN ln(${value} + 1) ELSE 0 END
