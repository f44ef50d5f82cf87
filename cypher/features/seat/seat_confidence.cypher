// entity: seat
// family: buying center
// about: How sure we are of the person's role.
// unit: probability
// aggregate: max
// empty: null
// monotone: up
// because: {contact} is {role} with confidence {value:percent}
// each: {role}: {x:percent}
// absent: How sure the role is was never told.
MATCH (second:Contact)-[p:PLAYS]->(e) WHERE p.confidence IS NOT NULL AND known(p)
RETURN p.id AS id, p.confidence AS x, p.confidence AS w, [e, second] AS nodes, [p] AS relationships, told(second.name) AS contact,
  replace(p.role, '_', ' ') AS role
