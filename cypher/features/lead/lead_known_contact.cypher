// entity: lead
// family: contact history
// about: Deals on which the lead is already known as a person with a role.
// unit: deals
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 100
// because: Known from {value:plural deal deals}
// each: {contact} has a role in {deal}
// absent: The lead is not known from any deal.
MATCH (e)-[s:IS]->(c:Contact) WHERE known(s)
newest((c)-[p:PLAYS]->(d:Deal))
WITH e, s, c, p, d, as_of WHERE NOT EXISTS { MATCH (d)-[g:GREW_FROM]->(e) WHERE known(g) }
RETURN p.id AS id, d.id AS x, [e, c, d] AS nodes, [s, p] AS relationships, told(c.name) AS contact, told(d.name) AS deal
