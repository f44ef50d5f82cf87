// entity: deal
// family: contact history
// about: People on this deal who were part of a won deal at an earlier employer.
// unit: people
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 100
// because: {value:plural person people} here bought from us at their last company ({contact:list})
// each: {contact} was part of {deal} with {account}, won on {at:day}
// absent: Nobody here is known to have bought from us at an earlier company.
MATCH (e)<-[p:PLAYS]-(c:Contact) WHERE known(p)
newest((c)-[q:PLAYS]->(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, as_of, p, c, q, d, z, o WHERE o.result = 'won' AND d.id <> e.id
MATCH (d)-[v:WITH]->(f:Account)<-[j:WORKS_AT]-(c)
WHERE known(v, j) AND NOT EXISTS { MATCH (e)-[w:WITH]->(f) WHERE known(w) }
RETURN p.id + '|' + q.id + '|' + j.id AS id, c.id AS x, o.at AS at, [e, c, f, d, o] AS nodes, [p, j, v, z] AS relationships,
  told(c.name) AS contact, told(f.name) AS account, told(d.name) AS deal
