// entity: deal
// family: engagement
// about: Days since they last wrote, called or asked for a meeting.
// unit: days
// aggregate: days_since
// empty: null
// monotone: down
// because: They last came to us {value:whole} days ago ({kind} on {at:day})
// each: {kind} from them on {at:day}
// absent: They have never come to us about this deal.
MATCH (e)<-[b:ABOUT]-(a:Activity)
WHERE a.direction = 'inbound' AND a.at <= as_of AND a.kind IN ['mail', 'call', 'meeting'] AND known(b)
RETURN a.id AS id, 1.0 AS x, a.at AS at, [e, a] AS nodes, [b] AS relationships, a.kind AS kind
