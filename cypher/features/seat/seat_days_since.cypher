// entity: seat
// family: engagement
// about: Days since the person last took part in anything about the deal.
// unit: days
// aggregate: days_since
// empty: null
// monotone: down
// because: {value:whole} days since {contact} took part in a {kind} ({at:day})
// each: {kind} on {at:day}
// absent: The person has taken part in nothing about this deal.
MATCH (e)<-[b:ABOUT]-(a:Activity)<-[t:TOOK_PART_IN]-(second:Contact) WHERE a.at <= as_of AND known(b, t)
RETURN a.id AS id, 1.0 AS x, a.at AS at, [e, a, second] AS nodes, [b, t] AS relationships, told(second.name) AS contact, replace(a.kind, '_', ' ') AS kind
