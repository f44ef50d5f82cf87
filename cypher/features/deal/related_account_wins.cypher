// entity: deal
// family: similarity
// about: Win rate of deals with partners, owners, parents and subsidiaries up to two steps away, newer and nearer
//     ones weighing more, shrunk to the company's win rate.
// unit: share
// aggregate: weighted_mean
// empty: null
// monotone: up
// prior: win_rate|all 1.0
// because: {yes} of {count} deals with related accounts were won ({account:list yes})
// each: {deal} with {account}: {result}
// absent: No related account has a closed deal; the company's win rate stands in.
MATCH (e)-[w:WITH]->(own:Account) WHERE known(w)
CALL (as_of, own) {
  MATCH (own)-[r:PARTNERS_WITH|OWNED_BY|SUBSIDIARY_OF]-(f:Account) WHERE known(r)
  RETURN f, 1 AS hops, r.id AS way, path([f]) AS via, path([r]) AS rels
UNION ALL
  MATCH (own)-[r:PARTNERS_WITH|OWNED_BY|SUBSIDIARY_OF]-(m:Account)-[s:PARTNERS_WITH|OWNED_BY|SUBSIDIARY_OF]-(f:Account)
  WHERE f.id <> own.id AND known(r, s)
  RETURN f, 2 AS hops, r.id + s.id AS way, path([m, f]) AS via, path([r, s]) AS rels
}
WITH w, own, f, hops, via, rels ORDER BY hops, way
WITH w, own, f, collect({hops: hops, via: via, rels: rels})[0] AS near
MATCH (f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome) WHERE d.id <> e.id AND known(v, z)
RETURN d.id AS id, CASE o.result WHEN 'won' THEN 1.0 ELSE 0.0 END AS x, 0.5 ^ (near.hops - 1) * decay(o.at, 730) AS w, o.at AS at,
  [e, own] + near.via + [d, o] AS nodes, [w] + near.rels + [v, z] AS relationships,
  told(d.name) AS deal, told(f.name) AS account, o.result AS result
