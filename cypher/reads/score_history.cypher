// about: The scores that each key (entity, name) had, newest first, one a moment.
UNWIND $keys AS key
CALL (key) {
  MATCH (s:Score {name: key.name, entity_id: key.entity})
  WHERE s.as_of <= $as_of
  WITH s.as_of AS moment, s ORDER BY moment DESC, coalesce(s.answered, true) DESC, s.version
  WITH moment, head(collect(s)) AS s ORDER BY moment DESC LIMIT $first
  RETURN collect(properties(s)) AS rows
}
RETURN key, rows
