-- One id for every sample, in the final order.
SELECT COALESCE(dictionary.id, 0) AS id
FROM (SELECT ${column} AS value, row_number, ${order_key} AS order_key FROM ${samples}) AS sample
LEFT JOIN ${dictionary} AS dictionary ON sample.value = dictionary.value
ORDER BY order_key, row_number
