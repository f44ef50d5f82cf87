// entity: deal
// family: account history
// about: Won deals elsewhere in the corporate family: parents, subsidiaries and sisters.
// unit: deals
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 50
// because: {value:plural deal deals} won elsewhere in the group ({account:list})
// each: {deal} with {account}, won on {at:day}
// absent: No deal was won elsewhere in the group.
MATCH (e)-[w:WITH]->(own:Account) WHERE known(w)
newest((own)-[r:SUBSIDIARY_OF]-(m:Account))
CALL (as_of, own, r, m) {
  RETURN m AS f, 1 AS hops, r.id AS way, path([m]) AS via, path([r]) AS rels
UNION ALL
  newest((m)-[s:SUBSIDIARY_OF]-(f:Account))
  WITH own, r, m, s, f WHERE f.id <> own.id
  RETURN f, 2 AS hops, r.id + s.id AS way, path([m, f]) AS via, path([r, s]) AS rels
}
WITH e, as_of, w, own, f, hops, way, via, rels ORDER BY hops, way LIMIT 50
newest((f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, w, own, f, way, via, rels, v, d, z, o WHERE o.result = 'won' AND d.id <> e.id
RETURN d.id + '|' + way AS id, d.id AS x, o.at AS at, [e, own] + via + [d, o] AS nodes,
  [w] + rels + [v, z] AS relationships, told(d.name) AS deal, told(f.name) AS account
