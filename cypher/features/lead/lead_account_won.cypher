// entity: lead
// family: account history
// about: Deals won with the lead's account.
// unit: deals
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 200
// because: {value:plural deal deals} won with {account}
// each: {deal} with {account}, won on {at:day}
// absent: No deal was won with the lead's account.
MATCH (e)-[l:AT]->(f:Account) WHERE known(l)
newest((f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, l, f, v, d, z, o, as_of WHERE o.result = 'won' AND NOT EXISTS { MATCH (d)-[g:GREW_FROM]->(e) WHERE known(g) }
RETURN d.id AS id, d.id AS x, o.at AS at, [e, f, d, o] AS nodes, [l, v, z] AS relationships, told(d.name) AS deal, told(f.name) AS account
