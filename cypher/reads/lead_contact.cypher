// about: The person that each lead is.
UNWIND $keys AS key
MATCH (:Lead {id: key})-[r:IS]->(n:Contact)
WHERE known(r)
WITH key, r, n ORDER BY r.known_from DESC, n.id
RETURN key, collect(properties(n)) AS rows
