// entity: account
// family: account history
// about: Deals with the account that are open.
// unit: deals
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 200
// because: {value:plural deal deals} open with it ({deal:list})
// each: {deal}, since {at:day}
// absent: No deal with the account is open.
newest((e)<-[v:WITH]-(d:Deal))
WITH e, as_of, v, d WHERE NOT EXISTS { MATCH (d)-[z:ENDED_IN]->(o:Outcome) WHERE known(z) }
RETURN d.id AS id, d.id AS x, v.known_from AS at, [e, d] AS nodes, [v] AS relationships, told(d.name) AS deal
