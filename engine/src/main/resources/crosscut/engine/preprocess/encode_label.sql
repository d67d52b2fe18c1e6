SELECT label FROM (SELECT label, row_number, ${order_key} AS order_key FROM ${samples}) AS sample ORDER BY order_key, row_number
