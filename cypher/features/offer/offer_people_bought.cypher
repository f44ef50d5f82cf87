// entity: offer
// family: contact history
// about: People at the account who had a role when this product was bought elsewhere.
// unit: people
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 100
// because: {value:plural person people} here bought it before ({contact:list})
// each: {contact} was part of {deal}, won on {at:day}
// absent: Nobody here is known to have bought this product before.
newest((e)<-[j:WORKS_AT]-(c:Contact))
WITH e, second, as_of, j, c WHERE current(j)
newest((c)-[q:PLAYS]->(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, second, as_of, j, c, q, d, z, o WHERE o.result = 'won'
MATCH (d)-[g:FOR]->(p:Product) WHERE p.id = second.id AND known(g)
RETURN q.id + '|' + j.id AS id, c.id AS x, o.at AS at, [e, c, d, p] AS nodes, [j, q, g] AS relationships, told(c.name) AS contact, told(d.name) AS deal
