// about: The stages that each deal entered, oldest first.
UNWIND $keys AS key
MATCH (:Deal {id: key})-[r:ENTERED]->(n:Stage)
WHERE r.at <= $as_of AND known(r)
WITH key, r, n ORDER BY r.at, n.order, n.id
RETURN key, collect({stage: told(n.name), order: n.order, state: n.state, pipeline: seen(n.pipeline), at: r.at,
  left_at: CASE WHEN r.left_at <= $as_of THEN r.left_at END}) AS rows
