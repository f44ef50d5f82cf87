// entity: deal
// family: buying center
// about: Share of the last 90 days' contact that is with the most active person.
// unit: share
// aggregate: max
// empty: null
// monotone: down
// window: 90 days
// because: {value:percent} of contact in the last 90 days is with {contact}
// each: {contact}: {times} of {total} contacts, last on {at:day}
// absent: Nobody on their side was in touch in the last 90 days.
CALL (e, as_of) {
  MATCH (e)<-[b:ABOUT]-(a:Activity)<-[t:TOOK_PART_IN]-(c:Contact)
  WHERE (a.kind IN ['meeting', 'call'] OR (a.kind = 'mail' AND a.direction = 'inbound')) AND a.at <= as_of AND a.at > before(90) AND known(b, t)
  WITH c, b, a, t ORDER BY a.at DESC, a.id
  WITH c, count(*) AS times, collect([b, a, t])[0] AS last
  RETURN collect({c: c, times: times, last: last}) AS people, sum(times) AS total
}
UNWIND people AS one
WITH one, total, one.c AS c, one.last[1] AS a
RETURN c.id AS id, toFloat(one.times) / total AS x, toFloat(one.times) AS w, a.at AS at, [e, a, c] AS nodes,
  [one.last[0], one.last[2]] AS relationships, told(c.name) AS contact, one.times AS times, total
