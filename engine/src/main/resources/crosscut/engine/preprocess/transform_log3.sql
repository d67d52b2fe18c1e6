-- As the reference: ln(x + 3), and 0 where that does not exist.
CASE WHEN ${value} > -3 THEN ln(${value} + 3) ELSE 0 END
