// about: The account that each lead works at.
UNWIND $keys AS key
MATCH (:Lead {id: key})-[r:AT]->(n:Account)
WHERE known(r)
WITH key, r, n ORDER BY r.known_from DESC, n.id
RETURN key, collect(properties(n)) AS rows
