// about: The entities that each event touched and that are there still, by id.
UNWIND $keys AS key
MATCH (v:IdentityEvent {id: key})
CALL (v) {
  MATCH (v)-[t:TOUCHED]->(e:Account|Contact|Lead|Deal)
  WHERE known(t, e)
  WITH e ORDER BY e.id LIMIT $first
  RETURN collect({label: head(labels(e)), entity: properties(e)}) AS rows
}
RETURN key, rows
