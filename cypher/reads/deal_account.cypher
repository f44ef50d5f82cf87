// about: The account that each deal is with.
UNWIND $keys AS key
MATCH (:Deal {id: key})-[r:WITH]->(n:Account)
WHERE known(r)
WITH key, r, n ORDER BY r.known_from DESC, n.id
RETURN key, collect(properties(n)) AS rows
