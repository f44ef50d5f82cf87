// about: For each deal, the people at its account who hold no seat in it, next to the seat holder whom we talk with most.
UNWIND $keys AS key
MATCH (d:Deal {id: key})-[w:WITH]->(account:Account)
WHERE known(w)
CALL (d) {
  MATCH (c:Contact)-[r:PLAYS]->(d)
  WHERE known(r)
  OPTIONAL MATCH (c)-[:TOOK_PART_IN]->(a:Activity)-[:ABOUT]->(d)
  WHERE a.at <= $as_of AND known(a)
  WITH c, count(a) AS touches, max(a.at) AS last ORDER BY touches DESC, last DESC, c.id LIMIT 1
  RETURN c AS host, touches
}
CALL (d, account) {
  MATCH (c:Contact)-[r:WORKS_AT]->(account)
  WHERE known(r) AND (r.to IS NULL OR r.to > $as_of)
    AND NOT EXISTS { (c)-[:PLAYS]->(d) }
  WITH DISTINCT c ORDER BY c.id LIMIT 100
  RETURN collect(properties(c)) AS people
}
RETURN key, collect({host: properties(host), touches: touches, account: properties(account), people: people}) AS rows
