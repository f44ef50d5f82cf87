// entity: seat
// family: engagement
// about: Share of the mails, calls and meetings about the deal in the last 90 days in which the person took part.
// unit: share
// aggregate: share
// empty: null
// monotone: up
// window: 90 days
// because: {contact} took part in {value:percent} of {count:plural activity activities} in the last 90 days
// each: {kind} on {at:day}: {part}
// absent: Nothing happened on the deal in the last 90 days.
MATCH (e)<-[b:ABOUT]-(a:Activity)
WHERE a.kind IN ['mail', 'call', 'meeting'] AND a.at > before(90) AND a.at <= as_of AND known(b)
WITH e, second, as_of, b, a, EXISTS { MATCH (second:Contact)-[t:TOOK_PART_IN]->(a) WHERE known(t) } AS there
RETURN a.id AS id, CASE WHEN there THEN 1.0 ELSE 0.0 END AS x, a.at AS at, [e, a] AS nodes, [b] AS relationships,
  told(second.name) AS contact, a.kind AS kind, CASE WHEN there THEN 'took part' ELSE 'without them' END AS part
