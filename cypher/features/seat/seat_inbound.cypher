// entity: seat
// family: engagement
// about: How often the person came to us about the deal, newer times weighing more: halved every 30 days.
// unit: times
// aggregate: decayed_sum 30
// empty: 0
// monotone: up
// because: {contact} came to us {count:plural time times}, the last on {at:day}
// each: {kind} on {at:day}
// absent: The person has never come to us about this deal.
MATCH (e)<-[b:ABOUT]-(a:Activity)<-[t:TOOK_PART_IN]-(second:Contact)
WHERE a.direction = 'inbound' AND a.at <= as_of AND known(b, t)
RETURN a.id AS id, 1.0 AS x, a.at AS at, [e, a, second] AS nodes, [b, t] AS relationships, told(second.name) AS contact, replace(a.kind, '_', ' ') AS kind
