-- Infinities and NaN compare as greater than every finite number.
WHEN ${text} IS NOT NULL AND NOT COALESCE(abs(${number}) <= 1.7976931348623157e308, FALSE) THEN concat('column ', ${name}, ' is ''', substring(${text}, 1, 40), ''', which is not a number')
