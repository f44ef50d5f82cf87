// entity: offer
// family: account history
// about: Deals for this product that were lost with the account.
// unit: deals
// aggregate: distinct
// empty: 0
// monotone: down
// newest: 200
// because: {value:plural deal deals} for it lost with the account, the last on {at:day}
// each: {deal}, lost on {at:day}
// absent: No deal for this product was lost with the account.
newest((e)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, second, as_of, v, d, z, o WHERE o.result = 'lost'
MATCH (d)-[g:FOR]->(p:Product) WHERE p.id = second.id AND known(g)
RETURN d.id AS id, d.id AS x, o.at AS at, [e, d, p] AS nodes, [v, g] AS relationships, told(d.name) AS deal
