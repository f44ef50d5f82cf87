// about: For each deal, the people who could be met: those with a seat in it and those at its account, the highest first,
//     with their part, their level and when they last met us about it.
UNWIND $keys AS key
MATCH (d:Deal {id: key})
CALL (d) {
  MATCH (c:Contact)-[p:PLAYS]->(d) WHERE known(p)
  RETURN c, p.role AS role, p.confidence AS sure
UNION
  MATCH (d)-[w:WITH]->(:Account)<-[j:WORKS_AT]-(c:Contact)
  WHERE known(w, j) AND (j.to IS NULL OR j.to > $as_of)
  RETURN c, null AS role, 0.0 AS sure
}
WITH key, d, c, role, sure ORDER BY sure DESC, role
WITH key, d, c, collect(role)[0] AS role
CALL (d, c) {
  OPTIONAL MATCH (c)-[t:TOOK_PART_IN]->(a:Activity)-[b:ABOUT]->(d)
  WHERE a.kind IN ['meeting', 'call'] AND a.at <= $as_of AND known(t, b)
  RETURN max(a.at) AS met_at
}
WITH key, c, role, met_at, CASE c.seniority WHEN 'c_level' THEN 5 WHEN 'vp' THEN 4 WHEN 'director' THEN 3 WHEN 'manager' THEN 2 ELSE 1 END AS level
ORDER BY role IS NULL, level DESC, c.id
WITH key, collect({id: c.id, name: c.name, role: role, level: level, met_at: met_at})[..$first] AS rows
RETURN key, rows
