// about: Who plays which role in each deal's decision, with the last conversation we had with them about it.
UNWIND $keys AS key
MATCH (d:Deal {id: key})<-[r:PLAYS]-(n:Contact)
WHERE known(r)
CALL (d, n) {
  MATCH (n)-[t:TOOK_PART_IN]->(a:Activity)-[:ABOUT]->(d)
  WHERE a.at <= $as_of AND known(a, t)
  RETURN max(CASE WHEN a.kind IN ['meeting', 'call'] THEN a.at END) AS met_at, max(a.at) AS touched_at, count(a) AS touches
}
WITH key, r, n, met_at, touched_at, touches ORDER BY r.confidence DESC, n.id
RETURN key, collect({contact: properties(n), role: r.role, confidence: r.confidence, basis: r.basis,
  met_at: met_at, touched_at: touched_at, touches: touches}) AS rows
