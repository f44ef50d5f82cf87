// entity: deal
// family: buying center
// about: People who met us, called or wrote to us about this deal.
// unit: people
// aggregate: distinct
// empty: 0
// monotone: up
// because: {value:plural person people} engaged on this deal: {contact:list}
// each: {contact}: {kind} on {at:day}
// absent: Nobody on their side has met us or written to us about this deal.
MATCH (e)<-[b:ABOUT]-(a:Activity)<-[t:TOOK_PART_IN]-(c:Contact)
WHERE (a.kind IN ['meeting', 'call'] OR (a.kind = 'mail' AND a.direction = 'inbound')) AND a.at <= as_of AND known(b, t)
RETURN t.id AS id, c.id AS x, a.at AS at, [e, a, c] AS nodes, [b, t] AS relationships, told(c.name) AS contact, a.kind AS kind
