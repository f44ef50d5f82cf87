// entity: deal
// family: product and support
// about: High and severe support tickets of the account that are still open.
// unit: tickets
// aggregate: count
// empty: 0
// monotone: down
// newest: 200
// because: {value:plural ticket tickets} of high severity open (newest: {subject})
// each: {severity} ticket since {at:day}: {subject}
// absent: No severe ticket is open.
MATCH (e)-[w:WITH]->(f:Account) WHERE known(w)
newest((f)<-[o:RAISED_BY]-(k:Ticket))
WITH e, w, f, o, k, as_of WHERE k.severity IN ['high', 'severe'] AND k.opened_at <= as_of AND (k.closed_at IS NULL OR k.closed_at > as_of)
RETURN k.id AS id, 1.0 AS x, k.opened_at AS at, [e, f, k] AS nodes, [w, o] AS relationships, k.severity AS severity, coalesce(told(k.subject), 'no subject') AS subject
