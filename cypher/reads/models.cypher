// about: The models by score name and version; without a version, the one that serves.
UNWIND $keys AS key
CALL (key) {
  MATCH (m:Model {name: key.name})
  WHERE (key.version IS NULL AND m.active) OR m.version = key.version
  WITH m ORDER BY m.trained_at DESC, m.id LIMIT 1
  RETURN collect(m {.*, report: null}) AS rows
}
RETURN key, rows
