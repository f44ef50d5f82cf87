// about: The deal that each lead became.
UNWIND $keys AS key
MATCH (:Lead {id: key})<-[r:GREW_FROM]-(n:Deal)
WHERE known(r, n)
WITH key, r, n ORDER BY r.known_from DESC, n.id
RETURN key, collect(properties(n)) AS rows
