// about: The newest runs.
MATCH (n:Run)
WITH n ORDER BY n.started DESC, n.id LIMIT $first
RETURN properties(n) AS row
