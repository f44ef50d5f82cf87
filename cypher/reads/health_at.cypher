// about: What was wrong with a score at a moment so that another model answered, for each key (name, at).
UNWIND $keys AS key
CALL (key) {
  MATCH (h:HealthEvent {name: key.name})
  WHERE h.severe AND h.at <= key.at AND key.at <= $as_of AND (h.ended_at IS NULL OR h.ended_at > key.at)
  WITH h ORDER BY h.at, h.id
  RETURN collect(properties(h)) AS rows
}
RETURN key, rows
