// about: The rep who works each deal, the newest owner first.
UNWIND $keys AS key
MATCH (:Deal {id: key})<-[r:OWNS]-(n:Rep)
WHERE known(r) AND (r.to IS NULL OR r.to > $as_of)
OPTIONAL MATCH (n)-[:IN]->(team:Team)
WITH key, r, n, head(collect(seen(team.name))) AS team ORDER BY coalesce(r.from, r.known_from) DESC, n.id
RETURN key, collect(n {.*, team: team}) AS rows
