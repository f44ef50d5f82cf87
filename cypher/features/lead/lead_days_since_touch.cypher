// entity: lead
// family: engagement
// about: Days since anything last happened about the lead.
// unit: days
// aggregate: days_since
// empty: null
// monotone: down
// because: Last touch {value:whole} days ago ({kind})
// each: {kind} on {at:day}
// absent: Nothing has happened about the lead.
MATCH (e)<-[b:ABOUT]-(a:Activity) WHERE a.at <= as_of AND known(b)
RETURN a.id AS id, 1.0 AS x, a.at AS at, [e, a] AS nodes, [b] AS relationships, replace(a.kind, '_', ' ') AS kind
