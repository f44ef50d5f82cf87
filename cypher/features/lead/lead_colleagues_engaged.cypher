// entity: lead
// family: buying center
// about: Other people at the lead's account who met us, called or wrote in the last 90 days.
// unit: people
// aggregate: distinct
// empty: 0
// monotone: up
// window: 90 days
// newest: 50
// because: {value:plural colleague colleagues} in touch with us in the last 90 days ({contact:list})
// each: {contact} at {account}, {kind} on {at:day}
// absent: No colleague was in touch in the last 90 days.
MATCH (e)-[l:AT]->(f:Account) WHERE known(l)
newest((f)<-[j:WORKS_AT]-(c:Contact))
WITH e, l, f, j, c, as_of WHERE current(j) AND NOT EXISTS { MATCH (e)-[s:IS]->(c) WHERE known(s) }
newest((c)-[t:TOOK_PART_IN]->(a:Activity))
WITH e, l, f, j, c, t, a, as_of
WHERE (a.kind IN ['meeting', 'call'] OR (a.kind = 'mail' AND a.direction = 'inbound')) AND a.at <= as_of AND a.at > before(90)
RETURN t.id + '|' + j.id AS id, c.id AS x, a.at AS at, [e, f, c, a] AS nodes, [l, j, t] AS relationships, told(c.name) AS contact, told(f.name) AS account, a.kind AS kind
