// about: The deals whose decision each contact plays a role in, newest first.
UNWIND $keys AS key
MATCH (e:Contact {id: key})
CALL (e) {
  MATCH (e)-[r:PLAYS]->(n:Deal)
  WHERE known(r, n)
  WITH r, n ORDER BY n.opened_at DESC, n.id, r.role LIMIT $first
  RETURN collect({deal: properties(n), role: r.role, confidence: r.confidence, basis: r.basis}) AS rows
}
RETURN key, rows
