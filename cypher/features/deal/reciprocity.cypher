// entity: deal
// family: engagement
// about: Share of the mails and calls of the last 90 days that came from them.
// unit: share
// aggregate: share
// empty: null
// monotone: up
// window: 90 days
// because: {yes} of {count} mails and calls of the last 90 days came from them
// each: {kind} {direction} on {at:day}
// absent: No mail or call in the last 90 days.
MATCH (e)<-[b:ABOUT]-(a:Activity)
WHERE a.at > before(90) AND a.at <= as_of AND a.kind IN ['mail', 'call'] AND a.direction IN ['inbound', 'outbound'] AND known(b)
RETURN a.id AS id, CASE a.direction WHEN 'inbound' THEN 1.0 ELSE 0.0 END AS x, a.at AS at, [e, a] AS nodes, [b] AS relationships,
  a.kind AS kind, a.direction AS direction
