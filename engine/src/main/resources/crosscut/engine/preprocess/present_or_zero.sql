CASE WHEN ${column} IS NULL THEN 0 ELSE ${value} END
