// entity: deal
// family: contact history
// about: Earlier employers of the people on this deal that are customers of ours.
// unit: accounts
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 50
// because: {value:plural customer customers} of ours once employed people here ({account:list})
// each: {contact} worked at {account}, which bought on {at:day}
// absent: No earlier employer of the people here is known as a customer.
MATCH (e)<-[p:PLAYS]-(c:Contact)-[j:WORKS_AT]->(f:Account)
WHERE j.to <= as_of AND known(p, j) AND NOT EXISTS { MATCH (e)-[w:WITH]->(f) WHERE known(w) }
newest((f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, p, c, j, f, v, d, z, o WHERE o.result = 'won' AND d.id <> e.id
RETURN p.id + '|' + j.id + '|' + d.id AS id, f.id AS x, o.at AS at, [e, c, f, d, o] AS nodes, [p, j, v, z] AS relationships,
  told(c.name) AS contact, told(f.name) AS account
