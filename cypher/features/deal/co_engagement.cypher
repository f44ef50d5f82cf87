// entity: deal
// family: network
// about: Pairs of people who took part together in a meeting, call or mail of the last 90 days; of a
//     larger event the first 20 people.
// unit: pairs
// aggregate: distinct
// empty: 0
// monotone: up
// window: 90 days
// because: {value:plural pair pairs} of contacts met together in the last 90 days
// each: {contact} and {other} on {at:day}
// absent: No two contacts met together in the last 90 days.
MATCH (e)<-[b:ABOUT]-(a:Activity)
WHERE a.at > before(90) AND a.at <= as_of AND a.kind IN ['mail', 'call', 'meeting'] AND known(b)
CALL (a, as_of) {
  MATCH (a)<-[t:TOOK_PART_IN]-(c:Contact) WHERE known(t)
  WITH c, t ORDER BY c.id, t.id LIMIT 20
  RETURN collect({c: c, t: t}) AS crew
}
UNWIND crew AS one
UNWIND crew AS two
WITH e, b, a, one.c AS c, one.t AS t, two.c AS o, two.t AS u WHERE o:Contact AND c.id < o.id
RETURN t.id + '|' + u.id AS id, c.id + '|' + o.id AS x, a.at AS at, [e, a, c, o] AS nodes, [b, t, u] AS relationships,
  told(c.name) AS contact, told(o.name) AS other
