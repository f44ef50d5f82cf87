// about: The pairs that built each entity, with the record that founded it; leads that are a contact belong to how it was built.
UNWIND $keys AS key
CALL (key) {
  MATCH (:Account|Contact|Lead|Deal {id: key})<-[t:RESOLVED_TO]-(n:Record)
  WHERE known(t)
  WITH n ORDER BY n.known_from, n.id LIMIT 1
  RETURN n.id AS founder
}
CALL (key) {
  MATCH (:Account|Contact|Lead|Deal {id: key})<-[t:RESOLVED_TO]-(n:Record)
  WHERE known(t)
  RETURN n
  UNION
  MATCH (:Contact {id: key})<-[i:IS]-(:Lead)<-[t:RESOLVED_TO]-(n:Record)
  WHERE known(i, t)
  RETURN n
}
MATCH (n)-[c:COMPARED_WITH]->(m:Record)
WHERE key IN c.step_of AND known(c)
WITH key, founder, n, c, m ORDER BY n.id, m.id
RETURN key, collect({founder: founder, pair: properties(c), a: properties(n), b: properties(m)}) AS rows
