// about: The models of one score or of all, newest first.
MATCH (m:Model)
WHERE $name IS NULL OR m.name = $name
WITH m ORDER BY m.name, m.trained_at DESC, m.id LIMIT $first
RETURN properties(m) AS row
