// entity: deal
// family: contact history
// about: People on this deal who were part of a deal that was won before, here or elsewhere.
// unit: people
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 100
// because: {value:plural person people} here took part in a won deal before ({contact:list})
// each: {contact} was part of {deal}, won on {at:day}
// absent: Nobody here is known from a won deal.
MATCH (e)<-[p:PLAYS]-(c:Contact) WHERE known(p)
newest((c)-[q:PLAYS]->(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, p, c, q, d, z, o WHERE o.result = 'won' AND d.id <> e.id
RETURN p.id + '|' + q.id AS id, c.id AS x, o.at AS at, [e, c, d, o] AS nodes, [p, q, z] AS relationships, told(c.name) AS contact, told(d.name) AS deal
