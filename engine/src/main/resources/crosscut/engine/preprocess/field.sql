-- A field without the blanks around it, NULL where it is missing.
CASE WHEN ${trimmed} IN (${missing}) THEN NULL ELSE ${trimmed} END
