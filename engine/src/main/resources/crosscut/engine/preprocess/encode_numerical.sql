-- The numerical columns of every sample, in the final order.
SELECT ${columns} FROM (SELECT ${values}, row_number, ${order_key} AS order_key FROM ${samples}) AS sample ORDER BY order_key, row_number
