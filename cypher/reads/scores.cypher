// about: The newest score of each key (entity, name) at or before its moment; without a moment, the current one.
UNWIND $keys AS key
CALL (key) {
  MATCH (s:Score {name: key.name, entity_id: key.entity})
  WHERE s.as_of <= coalesce(key.at, $as_of) AND (key.at IS NOT NULL OR s:Current)
  WITH s ORDER BY s.as_of DESC, coalesce(s.answered, true) DESC, s.version LIMIT 1
  RETURN collect(properties(s)) AS rows
}
RETURN key, rows
