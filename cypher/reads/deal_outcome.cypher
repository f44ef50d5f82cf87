// about: How each deal ended.
UNWIND $keys AS key
MATCH (:Deal {id: key})-[r:ENDED_IN]->(n:Outcome)
WHERE known(r)
WITH key, n ORDER BY n.at DESC, n.id
RETURN key, collect(properties(n)) AS rows
