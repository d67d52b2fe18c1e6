-- Which values of a categorical column get a row of their own in the embedding table. Id 0 stays for missing, rare and unseen values.
SELECT value, CAST(ROW_NUMBER() OVER (ORDER BY occurrences DESC, value ASC) AS INTEGER) AS id, occurrences
FROM (
    SELECT ${column} AS value, COUNT(*) AS occurrences
    FROM ${samples}
    WHERE ${column} IS NOT NULL
    GROUP BY ${column}
    HAVING COUNT(*) >= ${frequency_threshold}
) AS frequent
ORDER BY id
