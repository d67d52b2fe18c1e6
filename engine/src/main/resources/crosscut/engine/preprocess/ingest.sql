-- Text to typed columns: label, n0, n1, ... (numerical, NULL = missing), c0, c1, ... (categorical, NULL = missing).
-- problem says why a row cannot be used; NULL for good rows. Innermost: missing spellings become NULL; middle: text becomes numbers.
SELECT CASE WHEN label_text IN (${positive}) THEN 1 ELSE 0 END AS label, ${columns}, ${problem} AS problem
FROM (
    SELECT ${typed}
    FROM (
        SELECT ${text}
        FROM (${source}) AS line
    ) AS fields
) AS sample
