// entity: deal
// family: account history
// about: Won deals elsewhere in the corporate family: parents, subsidiaries and sisters.
// unit: deals
// aggregate: distinct
// empty: 0
// monotone: up
// because: {value:plural deal deals} won elsewhere in the group ({account:list})
// each: {deal} with {account}, won on {at:day}
// absent: No deal was won elsewhere in the group.
MATCH (e)-[w:WITH]->(own:Account) WHERE known(w)
CALL (as_of, own) {
  MATCH (own)-[r:SUBSIDIARY_OF]-(f:Account) WHERE known(r)
  RETURN f, r.id AS way, path([f]) AS via, path([r]) AS rels
UNION ALL
  MATCH (own)-[r:SUBSIDIARY_OF]-(m:Account)-[s:SUBSIDIARY_OF]-(f:Account) WHERE f.id <> own.id AND known(r, s)
  RETURN f, r.id + s.id AS way, path([m, f]) AS via, path([r, s]) AS rels
}
MATCH (f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome) WHERE o.result = 'won' AND d.id <> e.id AND known(v, z)
RETURN d.id + '|' + way AS id, d.id AS x, o.at AS at, [e, own] + via + [d, o] AS nodes,
  [w] + rels + [v, z] AS relationships, told(d.name) AS deal, told(f.name) AS account
