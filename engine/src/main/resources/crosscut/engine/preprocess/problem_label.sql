WHEN label_text IS NULL THEN 'the label is missing' WHEN NOT (${known}) THEN concat('the label is ''', substring(label_text, 1, 40), ''', expected ', ${expected})
