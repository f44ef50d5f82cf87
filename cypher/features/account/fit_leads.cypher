// entity: account
// family: engagement
// about: Leads at the account, newer ones weighing more: halved every 60 days.
// unit: leads
// aggregate: decayed_sum 60
// empty: 0
// monotone: up
// because: {count:plural lead leads} there, the last on {at:day}
// each: Lead on {at:day}
// absent: No lead is known to work there.
MATCH (e)<-[l:AT]-(x:Lead) WHERE known(l)
WITH e, as_of, l, x, CASE WHEN x.created_at > l.known_from THEN x.created_at ELSE l.known_from END AS since WHERE since <= as_of
RETURN x.id AS id, 1.0 AS x, since AS at, [e, x] AS nodes, [l] AS relationships
