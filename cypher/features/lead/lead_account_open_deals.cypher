// entity: lead
// family: account history
// about: Open deals with the lead's account.
// unit: deals
// aggregate: distinct
// empty: 0
// monotone: none
// newest: 200
// because: {value:plural deal deals} open with {account}
// each: {deal} with {account}
// absent: The lead's account has no open deal.
MATCH (e)-[l:AT]->(f:Account) WHERE known(l)
newest((f)<-[v:WITH]-(d:Deal))
WITH e, l, f, v, d, as_of WHERE NOT EXISTS { MATCH (d)-[z:ENDED_IN]->(:Outcome) WHERE known(z) }
  AND NOT EXISTS { MATCH (d)-[g:GREW_FROM]->(e) WHERE known(g) }
RETURN d.id AS id, d.id AS x, [e, f, d] AS nodes, [l, v] AS relationships, told(d.name) AS deal, told(f.name) AS account
