// entity: seat
// family: buying center
// about: Role of the person on the deal, as last told.
// unit: text
// aggregate: latest
// empty: null
// monotone: none
// categorical: true
// because: {contact}: {value} since {at:day}
// each: {contact}: {x}, confidence {confidence:percent}
// absent: The person has no known role on the deal.
MATCH (second:Contact)-[p:PLAYS]->(e) WHERE known(p)
RETURN p.id AS id, replace(p.role, '_', ' ') AS x, p.known_from AS at, [e, second] AS nodes, [p] AS relationships,
  told(second.name) AS contact, p.confidence AS confidence
