// about: Every score of one name, or of one model of it, at a moment.
MATCH (s:Score {name: $name})
WHERE s.as_of = $as_of AND s.version = coalesce($version, s.version)
RETURN properties(s) AS row ORDER BY row.version, row.entity_id
