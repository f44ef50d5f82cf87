// entity: account
// family: account history
// about: Deals with the account that were lost, newer ones weighing more: halved every year.
// unit: deals
// aggregate: decayed_sum 365
// empty: 0
// monotone: none
// newest: 200
// because: {count:plural deal deals} with it lost, the last on {at:day}
// each: {deal}, lost on {at:day}
// absent: No deal with the account was lost.
newest((e)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, as_of, v, d, z, o WHERE o.result = 'lost' AND o.at <= as_of
RETURN d.id AS id, 1.0 AS x, o.at AS at, [e, d, o] AS nodes, [v, z] AS relationships, told(d.name) AS deal
