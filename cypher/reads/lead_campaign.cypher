// about: The campaign that brought each lead.
UNWIND $keys AS key
MATCH (:Lead {id: key})-[r:CAME_FROM]->(n:Campaign)
WHERE known(r)
WITH key, r, n ORDER BY r.known_from DESC, n.id
RETURN key, collect(properties(n)) AS rows
