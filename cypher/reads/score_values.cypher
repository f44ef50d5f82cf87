// about: What one model said at a moment, of every entity.
MATCH (s:Score {name: $name}) WHERE s.as_of = $as_of AND s.version = $version
RETURN s.entity_id AS id, s.value AS value ORDER BY id
