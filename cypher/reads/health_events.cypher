// about: What was found wrong with one score or with all, the newest first.
MATCH (h:HealthEvent)
WHERE h.at <= $as_of AND ($name IS NULL OR h.name = $name)
WITH h ORDER BY h.at DESC, h.name, h.id LIMIT $first
RETURN properties(h) AS row
