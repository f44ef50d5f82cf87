// entity: deal
// family: stage history
// about: How often the deal went back to an earlier stage.
// unit: times
// aggregate: count
// empty: 0
// monotone: down
// because: Went back {value:plural time times} (last: to {stage} on {at:day})
// each: Back from {previous} to {stage} on {at:day}
// absent: The deal has never gone back a stage.
CALL (e, as_of) {
  MATCH (e)-[n:ENTERED]->(s:Stage) WHERE n.at <= as_of AND s.state = 'open' AND known(n)
  WITH n, s ORDER BY n.at, coalesce(n.order, s.order), n.id
  RETURN collect(n) AS entries, collect(s) AS stages
}
UNWIND range(1, size(entries) - 1) AS k
WITH entries[k - 1] AS m, entries[k] AS n, stages[k - 1] AS r, stages[k] AS s
WHERE r:Stage AND coalesce(n.order, s.order) < coalesce(m.order, r.order)
RETURN n.id AS id, 1.0 AS x, n.at AS at, [r, e, s] AS nodes, [m, n] AS relationships, told(s.name) AS stage, told(r.name) AS previous
