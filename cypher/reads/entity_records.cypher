// about: The source records behind each entity.
UNWIND $keys AS key
MATCH (e:Account|Contact|Lead|Deal|Own {id: key})
CALL (e) {
  MATCH (n:Record)-[r:RESOLVED_TO]->(e)
  WHERE known(r, n)
  WITH r, n ORDER BY n.source, n.kind, n.record_id LIMIT $first
  RETURN collect(n {.*, match_weight: r.match_weight}) AS rows
}
RETURN key, rows
