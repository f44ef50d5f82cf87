// entity: deal
// family: similarity
// about: Win rate of the 10 most similar closed deals (same account, shared people, related accounts, former
//     employers; shared products, industry and roles weigh more), shrunk to the company's win rate.
// unit: share
// aggregate: weighted_mean
// empty: null
// monotone: up
// take: 10
// prior: win_rate|all 1.0
// newest: 50
// because: We won {yes} of the {count:plural deal deals} most similar to it ({why})
// none: We lost the {count:plural deal deals} most similar to it and won none ({why})
// each: {deal}: {result} ({why})
// absent: No similar deal has ended yet (average assumed).
OPTIONAL MATCH (e)-[w0:WITH]->(own:Account) WHERE known(w0)
WITH w0, own ORDER BY w0.id LIMIT 1
WITH w0, own, COLLECT { MATCH (e)-[g:FOR]->(g0:Product) WHERE known(g) RETURN g0.id } AS products,
  COLLECT { MATCH (own)-[i:IN]->(i0:Industry) WHERE known(i) RETURN i0.id } AS industries
CALL (e, as_of, w0, own) {
  newest((own)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
  RETURN d, z, o, 1.0 AS route, 'same account' AS why, v.id AS way, path([e, own, d]) AS nodes, path([w0, v]) AS relationships
UNION ALL
  MATCH (e)<-[p:PLAYS]-(c:Contact) WHERE known(p)
  newest((c)-[q:PLAYS]->(d:Deal)-[z:ENDED_IN]->(o:Outcome))
  RETURN d, z, o, CASE WHEN p.role = q.role THEN 0.9 ELSE 0.8 END AS route,
    CASE WHEN p.role = q.role THEN 'same ' + replace(p.role, '_', ' ') ELSE 'shared person' END AS why,
    p.id + q.id AS way, path([e, c, d]) AS nodes, path([p, q]) AS relationships
UNION ALL
  newest((own)-[r:PARTNERS_WITH|OWNED_BY|SUBSIDIARY_OF]-(f:Account))
  newest((f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
  RETURN d, z, o, 0.5 AS route, CASE type(r) WHEN 'PARTNERS_WITH' THEN 'partner' WHEN 'OWNED_BY' THEN 'shared owner'
    ELSE 'same group' END AS why, r.id AS way, path([e, own, f, d]) AS nodes, path([w0, r, v]) AS relationships
UNION ALL
  MATCH (e)<-[p:PLAYS]-(c:Contact)-[j:WORKS_AT]->(f:Account)
  WHERE (own IS NULL OR f.id <> own.id) AND j.to <= as_of AND known(p, j)
  newest((f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
  RETURN d, z, o, 0.5 AS route, 'former employer' AS why, j.id AS way, path([e, c, f, d]) AS nodes, path([p, j, v]) AS relationships
}
WITH e, as_of, d, z, o, route, why, way, nodes, relationships, products, industries WHERE d.id <> e.id
WITH d, z, o, route, why, nodes, relationships, products, industries ORDER BY route DESC, why, way
WITH d, z, o, products, industries, collect({route: route, why: why, nodes: nodes, relationships: relationships})[0] AS best
WITH d, z, o, best,
  CASE WHEN EXISTS { MATCH (d)-[g:FOR]->(g0:Product) WHERE g0.id IN products AND known(g) } THEN 0.5 ELSE 0.0 END AS product,
  CASE WHEN EXISTS { MATCH (d)-[v:WITH]->(f:Account)-[i:IN]->(i0:Industry) WHERE i0.id IN industries AND known(v, i) }
    THEN 0.25 ELSE 0.0 END AS industry
RETURN d.id AS id, CASE o.result WHEN 'won' THEN 1.0 ELSE 0.0 END AS x,
  best.route * (1 + product + industry) * decay(o.at, 730) AS w, o.at AS at,
  best.nodes + [o] AS nodes, best.relationships + [z] AS relationships, told(d.name) AS deal, o.result AS result,
  best.why + CASE WHEN product > 0 THEN ', shared product' ELSE '' END
    + CASE WHEN industry > 0 THEN ', same industry' ELSE '' END AS why
