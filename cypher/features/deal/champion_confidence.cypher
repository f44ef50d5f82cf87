// entity: deal
// family: buying center
// about: How sure we are of our best champion: the highest confidence of that role among people who have not left.
// unit: probability
// aggregate: max
// empty: 0
// monotone: up
// because: {contact} is our champion, with confidence {value:percent}
// each: {contact}, champion with confidence {x:percent}
// absent: Nobody is known as champion of this deal.
MATCH (e)<-[p:PLAYS]-(c:Contact) WHERE p.role = 'champion' AND p.confidence IS NOT NULL AND known(p)
  AND NOT EXISTS { MATCH (e)-[w:WITH]->(f:Account)<-[j:WORKS_AT]-(c) WHERE j.to <= as_of AND known(w, j) }
RETURN p.id AS id, p.confidence AS x, p.confidence AS w, [e, c] AS nodes, [p] AS relationships, told(c.name) AS contact
