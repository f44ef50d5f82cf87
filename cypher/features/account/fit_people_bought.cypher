// entity: account
// family: contact history
// about: People who work at the account and had a role in a deal that was won elsewhere.
// unit: people
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 100
// because: {value:plural person people} here bought from us elsewhere ({contact:list})
// each: {contact} was part of {deal}, won on {at:day}
// absent: Nobody here is known from a won deal.
newest((e)<-[j:WORKS_AT]-(c:Contact))
WITH e, as_of, j, c WHERE current(j)
newest((c)-[q:PLAYS]->(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, as_of, j, c, q, d, z, o WHERE o.result = 'won' AND NOT EXISTS { MATCH (d)-[v:WITH]->(e) WHERE known(v) }
RETURN q.id + '|' + j.id AS id, c.id AS x, o.at AS at, [e, c, d, o] AS nodes, [j, q, z] AS relationships, told(c.name) AS contact, told(d.name) AS deal
