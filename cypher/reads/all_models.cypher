// about: The models of one score or of all, newest first, without their reports.
MATCH (m:Model)
WHERE $name IS NULL OR m.name = $name
WITH m ORDER BY m.name, m.trained_at DESC, m.id LIMIT $first
RETURN m {.*, report: null} AS row
