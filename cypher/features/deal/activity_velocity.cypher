// entity: deal
// family: engagement
// about: Mails, calls and meetings of the last 30 days less those of the 30 days before.
// unit: activities
// aggregate: sum
// empty: 0
// monotone: up
// window: 60 days
// because: {yes} mails, calls and meetings in 30 days, {yes:than no}
// each: {kind} on {at:day}
// absent: No mail, call or meeting in the last 60 days.
MATCH (e)<-[b:ABOUT]-(a:Activity)
WHERE a.at > before(60) AND a.at <= as_of AND a.kind IN ['mail', 'call', 'meeting'] AND known(b)
RETURN a.id AS id, CASE WHEN a.at > before(30) THEN 1.0 ELSE -1.0 END AS x, a.at AS at, [e, a] AS nodes, [b] AS relationships, a.kind AS kind
