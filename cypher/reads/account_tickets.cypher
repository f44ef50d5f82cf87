// about: The newest support tickets of each account.
UNWIND $keys AS key
MATCH (e:Account {id: key})
CALL (e) {
  MATCH (n:Ticket)-[:RAISED_BY]->(e)
  WHERE n.opened_at <= $as_of AND known(n)
  WITH n ORDER BY n.opened_at DESC, n.id LIMIT $first
  RETURN collect(n {.*, closed_at: CASE WHEN n.closed_at <= $as_of THEN n.closed_at END}) AS rows
}
RETURN key, rows
