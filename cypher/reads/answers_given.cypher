// about: What a score answered before a moment, each answer with its entity, its moment and the version that gave it.
MATCH (s:Score {name: $name})
WHERE s.as_of < $as_of AND coalesce(s.answered, true)
RETURN s.entity_id AS id, s.as_of AS at, s.value AS value, s.version AS version ORDER BY at, id, version
