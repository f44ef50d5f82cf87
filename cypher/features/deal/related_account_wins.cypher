// entity: deal
// family: similarity
// about: Win rate of deals with partners, owners, parents and subsidiaries up to two steps away, newer and nearer
//     ones weighing more, shrunk to the company's win rate.
// unit: share
// aggregate: weighted_mean
// empty: null
// monotone: up
// prior: win_rate|all 1.0
// newest: 25
// because: We won {yes} of {count:plural deal deals} with related accounts ({account:list yes})
// none: We lost {count:plural deal deals} with related accounts and won none
// each: {deal} with {account}: {result}
// absent: No data on related accounts (average assumed).
MATCH (e)-[w:WITH]->(own:Account) WHERE known(w)
newest((own)-[r:PARTNERS_WITH|OWNED_BY|SUBSIDIARY_OF]-(m:Account))
CALL (as_of, own, r, m) {
  RETURN m AS f, 1 AS hops, r.id AS way, path([m]) AS via, path([r]) AS rels
UNION ALL
  newest((m)-[s:PARTNERS_WITH|OWNED_BY|SUBSIDIARY_OF]-(f:Account))
  WITH own, r, m, s, f WHERE f.id <> own.id
  RETURN f, 2 AS hops, r.id + s.id AS way, path([m, f]) AS via, path([r, s]) AS rels
}
WITH e, as_of, w, own, f, hops, way, via, rels ORDER BY hops, way
WITH e, as_of, w, own, f, collect({hops: hops, way: way, via: via, rels: rels})[0] AS near
ORDER BY near.hops, near.way LIMIT 25
newest((f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, as_of, w, own, f, near, v, d, z, o WHERE d.id <> e.id
RETURN d.id AS id, CASE o.result WHEN 'won' THEN 1.0 ELSE 0.0 END AS x, 0.5 ^ (near.hops - 1) * decay(o.at, 730) AS w, o.at AS at,
  [e, own] + near.via + [d, o] AS nodes, [w] + near.rels + [v, z] AS relationships,
  told(d.name) AS deal, told(f.name) AS account, o.result AS result
