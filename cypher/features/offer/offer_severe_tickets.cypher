// entity: offer
// family: product and support
// about: Severe or high tickets of the account that are open.
// unit: tickets
// aggregate: count
// empty: 0
// monotone: down
// newest: 200
// because: {value:plural ticket tickets} of high severity open
// each: {subject}, open since {at:day}
// absent: No severe ticket is open.
newest((e)<-[o:RAISED_BY]-(k:Ticket))
WITH e, second, o, k, as_of WHERE k.severity IN ['high', 'severe'] AND k.opened_at <= as_of AND (k.closed_at IS NULL OR k.closed_at > as_of)
RETURN k.id AS id, 1.0 AS x, k.opened_at AS at, [e, k] AS nodes, [o] AS relationships, k.severity AS severity, coalesce(told(k.subject), 'no subject') AS subject
