// about: The newest deals with each account.
UNWIND $keys AS key
MATCH (e:Account {id: key})
CALL (e) {
  MATCH (n:Deal)-[r:WITH]->(e)
  WHERE known(r, n)
  WITH DISTINCT n ORDER BY n.opened_at DESC, n.id LIMIT $first
  RETURN collect(properties(n)) AS rows
}
RETURN key, rows
