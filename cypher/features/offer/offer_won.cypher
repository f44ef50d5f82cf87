// entity: offer
// family: account history
// about: Deals won with the account.
// unit: deals
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 200
// because: {value:plural deal deals} won with the account, the last on {at:day}
// each: {deal}, won on {at:day}
// absent: No deal was won with the account.
newest((e)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, second, as_of, v, d, z, o WHERE o.result = 'won'
RETURN d.id AS id, d.id AS x, o.at AS at, [e, d, o] AS nodes, [v, z] AS relationships, told(d.name) AS deal
