// about: The industry of each account.
UNWIND $keys AS key
MATCH (:Account {id: key})-[r:IN]->(n:Industry)
WHERE known(r)
WITH key, r, n ORDER BY r.known_from DESC, n.id
RETURN key, collect(properties(n)) AS rows
