// entity: lead
// family: stage history
// about: Position of the present stage of the deal that grew from the lead, from 1; 0 while none has.
// unit: position
// aggregate: max
// empty: 0
// monotone: up
// because: Its deal {deal} is in {stage} since {at:day}
// each: {deal} in {stage} since {at:day}
// absent: No deal has grown from the lead yet.
MATCH (e)<-[g:GREW_FROM]-(d:Deal) WHERE known(g)
CALL (d, as_of) {
  MATCH (d)-[n:ENTERED]->(s:Stage) WHERE n.at <= as_of AND coalesce(n.order, s.order) IS NOT NULL AND known(n)
  RETURN n, s ORDER BY n.at DESC, coalesce(n.order, s.order) DESC, n.id DESC LIMIT 1
}
RETURN d.id AS id, toFloat(coalesce(n.order, s.order)) AS x, n.at AS at, [e, d, s] AS nodes, [g, n] AS relationships,
  told(d.name) AS deal, told(s.name) AS stage
