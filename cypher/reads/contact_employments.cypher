// about: Where each contact works and worked, newest first.
UNWIND $keys AS key
MATCH (:Contact {id: key})-[r:WORKS_AT]->(n:Account)
WHERE known(r)
WITH key, r, n ORDER BY coalesce(r.from, r.known_from) DESC, n.id
RETURN key, collect({account: properties(n), title: seen(r.title), from: r.from, to: CASE WHEN r.to <= $as_of THEN r.to END}) AS rows
