// about: The people who work at each account.
UNWIND $keys AS key
MATCH (e:Account {id: key})
CALL (e) {
  MATCH (n:Contact)-[r:WORKS_AT]->(e)
  WHERE known(r) AND (r.to IS NULL OR r.to > $as_of)
  WITH DISTINCT n ORDER BY seen(n.name), n.id LIMIT $first
  RETURN collect(properties(n)) AS rows
}
RETURN key, rows
