// about: The best stored pair between the records of two entities; without one, the first record of each.
UNWIND $keys AS key
CALL (key) {
  MATCH (x:Account|Contact|Lead|Deal {id: key.a})<-[t:RESOLVED_TO]-(a:Record)-[c:COMPARED_WITH]-(b:Record)-[u:RESOLVED_TO]->(y:Account|Contact|Lead|Deal {id: key.b})
  WHERE known(t, c, u)
  WITH a, b, c ORDER BY c.decision = 'accepted' DESC, c.match_weight DESC, a.id, b.id LIMIT 1
  RETURN collect({a: a {.source, .record_id, .kind}, b: b {.source, .record_id, .kind}}) AS best
}
CALL (key) {
  MATCH (:Account|Contact|Lead|Deal {id: key.a})<-[t:RESOLVED_TO]-(n:Record)
  WHERE known(t)
  WITH n ORDER BY n.known_from, n.id LIMIT 1
  RETURN collect(n {.source, .record_id, .kind}) AS lefts
}
CALL (key) {
  MATCH (:Account|Contact|Lead|Deal {id: key.b})<-[t:RESOLVED_TO]-(n:Record)
  WHERE known(t)
  WITH n ORDER BY n.known_from, n.id LIMIT 1
  RETURN collect(n {.source, .record_id, .kind}) AS rights
}
RETURN key, [{best: head(best), a: head(lefts), b: head(rights)}] AS rows
