// about: The current scores of the pairs whose first each key (entity, name) is, the highest first.
UNWIND $keys AS key
CALL (key) {
  MATCH (s:Score {name: key.name})
  WHERE s.entity_id STARTS WITH key.entity + '|' AND s:Current AND s.as_of <= $as_of
  WITH s ORDER BY s.value DESC, s.entity_id LIMIT $first
  RETURN collect(properties(s)) AS rows
}
RETURN key, rows
