// about: The lead that each deal grew from.
UNWIND $keys AS key
MATCH (:Deal {id: key})-[r:GREW_FROM]->(n:Lead)
WHERE known(r)
WITH key, n ORDER BY n.id
RETURN key, collect(properties(n)) AS rows
