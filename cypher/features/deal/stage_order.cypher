// entity: deal
// family: flat
// about: Position of the present stage in its pipeline, from 1.
// unit: position
// aggregate: latest
// empty: null
// monotone: up
// because: In {stage} (position {value:whole}) since {at:day}
// each: {stage} since {at:day}
// absent: The deal has entered no stage yet.
MATCH (e)-[n:ENTERED]->(s:Stage) WHERE n.at <= as_of AND coalesce(n.order, s.order) IS NOT NULL AND known(n)
WITH n, s ORDER BY n.at DESC, coalesce(n.order, s.order) DESC, n.id DESC LIMIT 1
RETURN n.id AS id, toFloat(coalesce(n.order, s.order)) AS x, n.at AS at, [e, s] AS nodes, [n] AS relationships, told(s.name) AS stage
