// about: For each entity that one score was given to: the first moment at which it was an answer, and the moments for which it was computed later.
MATCH (s:Score {name: $name}) WHERE s.as_of < $as_of
RETURN s.entity_id AS id, min(CASE WHEN coalesce(s.answered, true) THEN s.as_of END) AS first,
  collect(CASE WHEN NOT coalesce(s.answered, true) THEN s.as_of END) AS filled
ORDER BY id
