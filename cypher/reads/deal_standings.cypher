// about: How each deal stands: place of its stage, the day of closing that is expected, and when it was opened; only of open ones.
UNWIND $keys AS key
MATCH (d:Deal {id: key})
WHERE known(d) AND NOT EXISTS { MATCH (d)-[z:ENDED_IN]->(o:Outcome) WHERE known(z) }
CALL (d) {
  OPTIONAL MATCH (d)-[n:ENTERED]->(s:Stage) WHERE s.state = 'open' AND known(n)
  WITH CASE WHEN n.at > n.known_from THEN n.at ELSE n.known_from END AS since, coalesce(n.order, s.order) AS place
  WHERE since <= $as_of
  RETURN place ORDER BY since DESC, place DESC LIMIT 1
UNION ALL
  RETURN null AS place
}
WITH key, d, max(place) AS stage
CALL (d) {
  OPTIONAL MATCH (d)<-[f:OF]-(h:Change) WHERE h.field = 'close_date' AND h.moment IS NOT NULL AND h.at <= $as_of AND known(f)
  WITH h, CASE WHEN h.at > f.known_from THEN h.at ELSE f.known_from END AS since ORDER BY since DESC, h.id DESC LIMIT 1
  RETURN h.moment AS due
}
RETURN key, [{stage: stage, due: due, opened: CASE WHEN d.opened_at > d.known_from THEN d.opened_at ELSE d.known_from END}] AS rows
