// entity: offer
// family: account history
// about: Days since the account last bought.
// unit: days
// aggregate: days_since
// empty: null
// monotone: none
// newest: 200
// because: Last bought {value:whole} days ago ({at:day})
// each: {deal}, won on {at:day}
// absent: The account has not bought yet.
newest((e)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, second, as_of, v, d, z, o WHERE o.result = 'won' AND o.at <= as_of
RETURN d.id AS id, 1.0 AS x, o.at AS at, [e, d, o] AS nodes, [v, z] AS relationships, told(d.name) AS deal
